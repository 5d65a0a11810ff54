"""The legal documents as people read them, and as administrators write and publish them."""

import asyncio
from collections.abc import Sequence
from datetime import date, datetime
from itertools import zip_longest

import msgspec

from videocall.accounts.model import User
from videocall.accounts.repository import AccountRepository
from videocall.clock import Clock
from videocall.legal import rules
from videocall.legal.difference import difference
from videocall.legal.model import (
    Acknowledgement,
    AdminLegalView,
    AdminVersionLine,
    Difference,
    DraftBody,
    DraftView,
    Kind,
    LegalDraft,
    LegalVersion,
    LegalView,
    Notice,
    Publication,
    VersionLine,
    VersionState,
)
from videocall.legal.rendering import render
from videocall.legal.repository import LegalRepository
from videocall.lists import Wish, page_of, words
from videocall.problems import InvalidBody, LegalChanged, NotFound
from videocall.texts import lines, one_line

SORTS = {"published_at": datetime}
KINDS: tuple[Kind, ...] = ("privacy", "terms")


class LegalDocuments:
    """Privacy policy and terms."""

    def __init__(self, *, clock: Clock, repository: LegalRepository, users: AccountRepository) -> None:
        self._clock = clock
        self._repository = repository
        self._users = users

    @property
    def _today(self) -> date:
        return self._clock.now().date()

    # --- people ---

    async def read(self, kind: Kind, version: str | None = None) -> LegalView:
        """A version as people read it, the one that holds today by default; raises `NotFound`."""
        versions = await self._versions(kind)
        shown = _find(versions, version) if version else rules.current(versions, self._today)
        line = self._line(shown, versions)
        return LegalView(
            **{name: getattr(line, name) for name in VersionLine.__struct_fields__},
            markdown=shown.markdown,
            html=(await asyncio.to_thread(render, shown.markdown)).html,
            versions=[self._line(one, versions) for one in versions],
        )

    async def difference(self, kind: Kind, before: str, after: str | None) -> Difference:
        """What changed from one version to another, or to the draft; raises `NotFound`."""
        versions = await self._versions(kind)
        old = _find(versions, before).markdown
        if after is not None:
            new = _find(versions, after).markdown
        else:
            draft = await self._repository.draft(kind)
            if draft is None:
                raise NotFound
            new = draft.markdown
        return Difference(before=before, after=after, lines=list(await asyncio.to_thread(difference, old, new)))

    async def notices(self, user: User) -> list[Notice]:
        """Material versions that somebody has not seen yet, one of each document at most."""
        found: list[Notice] = []
        for kind in KINDS:
            unseen = rules.unseen(await self._versions(kind), user.legal_seen.get(kind), user.created_at)
            if unseen is None:
                continue
            version, since = unseen
            found.append(
                Notice(
                    kind=kind,
                    version=version.version,
                    title=version.title,
                    summary=version.summary,
                    effective_on=version.effective_on,
                    in_effect=version.effective_on <= self._today,
                    since=since,
                    link=link("", kind, version.version, since),
                )
            )
        return found

    async def acknowledge(self, user: User, seen: Acknowledgement) -> list[Notice]:
        """Somebody has seen a version; what is left to see. Raises `NotFound`."""
        versions = await self._versions(seen.kind)
        now = _find(versions, seen.version)
        before = next((one for one in versions if one.version == user.legal_seen.get(seen.kind)), None)
        if before is None or before.serial < now.serial:
            changed = await self._users.change(user.id, **{f"legal_seen.{seen.kind}": seen.version})
            user = changed or user
        return await self.notices(user)

    # --- administrators ---

    async def overview(self, kind: Kind) -> AdminLegalView:
        """A document with its last version and its draft."""
        versions = await self._versions(kind)
        draft = await self._repository.draft(kind)
        return AdminLegalView(
            kind=kind,
            newest=self._admin_lines(versions)[0],
            draft=_draft_view(draft, versions[0]) if draft else None,
            earliest_material=max(self._today + rules.NOTICE, versions[0].effective_on),
        )

    async def listed(
        self, kind: Kind, wish: Wish, state: VersionState | None = None
    ) -> tuple[list[AdminVersionLine], str | None]:
        """One page of the versions of a document, and the cursor of the next."""
        lines = self._admin_lines(await self._versions(kind))
        shown = [line for line in lines if state in {None, line.state}]
        return page_of(shown, wish, "version", SORTS, words(wish.q, "version", "title", "summary", "published_by"))

    async def save_draft(self, kind: Kind, wish: DraftBody, author: str) -> DraftView:
        """Keep what will be the next version; raises `InvalidBody`, and `LegalChanged` when others saved meanwhile."""
        title, markdown = one_line(wish.title), wish.markdown.replace("\r\n", "\n")
        errors = {
            "title": "" if title else "Please give it a title.",
            "markdown": _text_error(markdown),
        }
        _refuse({field: error for field, error in errors.items() if error})
        versions = await self._versions(kind)
        draft = LegalDraft(
            id=kind,
            base=versions[0].serial,
            revision=(wish.revision or versions[0].serial * 10_000) + 1,
            title=title,
            markdown=markdown,
            saved_at=self._clock.now(),
            saved_by=author,
        )
        if not await self._repository.save_draft(draft, over=wish.revision):
            raise LegalChanged("Somebody else saved or published this draft meanwhile; load it again.")
        return _draft_view(draft, versions[0])

    async def discard_draft(self, kind: Kind, revision: int) -> None:
        """Forget the draft; raises `LegalChanged` when it was saved or published meanwhile."""
        if not await self._repository.discard_draft(kind, revision):
            raise LegalChanged

    async def publish(self, kind: Kind, wish: Publication, author: str) -> LegalVersion:
        """Make the draft a version. Of several administrators, or processes, that do so at once, one succeeds.

        Raises `InvalidBody`, and `LegalChanged` when the draft is not the one that was seen.
        """
        versions = await self._versions(kind)
        draft, last = await self._repository.draft(kind), versions[0]
        if draft is None or draft.revision != wish.revision:
            raise LegalChanged
        if draft.base != last.serial:
            raise LegalChanged(
                f"Version {last.version} was published since this draft was saved; look through it again."
            )
        summary = lines(wish.summary)
        errors = {
            "effective_on": rules.date_error(wish.effective_on, self._today, last, material=wish.material),
            "summary": "Say in a sentence what changes: it is mailed." if wish.material and not summary else None,
            "markdown": "It says the same as the version before." if draft.markdown == last.markdown else None,
        }
        _refuse({field: error for field, error in errors.items() if error})
        # Its serial follows the one the draft was written on, so that the store takes it once.
        version = LegalVersion(
            id=rules.version_id(kind, draft.base + 1),
            kind=kind,
            serial=draft.base + 1,
            version=rules.next_name(last.version, material=wish.material),
            title=draft.title,
            markdown=draft.markdown,
            summary=summary,
            material=wish.material,
            effective_on=wish.effective_on,
            published_at=self._clock.now(),
            published_by=author,
            mailing=wish.material,
        )
        if not await self._repository.add(version):
            raise LegalChanged
        await self._repository.discard_draft(kind, draft.revision)
        return version

    # --- what they share ---

    async def _versions(self, kind: Kind) -> list[LegalVersion]:
        return await self._repository.versions(kind)

    def _line(self, version: LegalVersion, versions: Sequence[LegalVersion]) -> VersionLine:
        now = rules.current(versions, self._today)
        return VersionLine(
            kind=version.kind,
            version=version.version,
            title=version.title,
            effective_on=version.effective_on,
            material=version.material,
            summary=version.summary,
            state="current" if version.serial == now.serial else "upcoming" if version.serial > now.serial else "past",
        )

    def _admin_lines(self, versions: Sequence[LegalVersion]) -> list[AdminVersionLine]:
        return [
            AdminVersionLine(
                **msgspec.structs.asdict(self._line(version, versions)),
                published_at=version.published_at,
                published_by=version.published_by,
                mailing=version.mailing,
                since=before.version if before else "",
            )
            for version, before in zip_longest(versions, versions[1:])
        ]


def link(site: str, kind: Kind, version: str, since: str) -> str:
    """The address of a version, with what changed since the one that somebody knows."""
    return f"{site}/legal/{kind}?version={version}&since={since}"


def _find(versions: Sequence[LegalVersion], name: str) -> LegalVersion:
    for version in versions:
        if version.version == name:
            return version
    raise NotFound("There is no such version.")


def _text_error(markdown: str) -> str:
    if not markdown.strip():
        return "Please write something."
    return "There is a character in it that cannot be kept." if "\0" in markdown else ""


def _refuse(errors: dict[str, str]) -> None:
    if errors:
        raise InvalidBody(" ".join(errors.values()), errors=errors)


def _draft_view(draft: LegalDraft, last: LegalVersion) -> DraftView:
    return DraftView(
        revision=draft.revision,
        title=draft.title,
        markdown=draft.markdown,
        saved_at=draft.saved_at,
        saved_by=draft.saved_by,
        outdated=draft.base != last.serial,
    )
