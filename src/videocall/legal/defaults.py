"""The texts that the software writes by itself, about what it really does: until an administrator publishes others.

When the settings change, or the software itself, they are written anew: what people read stays true, and older versions
stay what they were. Where there are accounts, anything but the words about the operator is a material change, of which
people are told before it takes effect.
"""

import re
from datetime import datetime
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from videocall.accounts.repository import AccountRepository
from videocall.clock import Clock
from videocall.legal import rules
from videocall.legal.model import Kind, LegalVersion
from videocall.legal.repository import LegalRepository
from videocall.legal.service import KINDS
from videocall.settings import Settings

TITLES: dict[Kind, str] = {"privacy": "Privacy policy", "terms": "Terms of service"}
MATERIAL = "What this site does with data, or what its settings say about that, changes: please see what is new."


@cache
def _environment() -> Environment:
    # Markdown for people; what is filled in is the operator's own, and rendering makes all of it safe.
    loader = PackageLoader("videocall.legal", "texts")
    return Environment(loader=loader, undefined=StrictUndefined, trim_blocks=True, autoescape=False)  # noqa: S701


def default_text(kind: Kind, settings: Settings) -> str:
    """The Markdown of a document for an installation."""
    return (
        _environment()
        .get_template(f"{kind}.md.j2")
        .render(
            site=settings.public_url,
            operator=settings.operator or "Whoever operates this installation",
            contact=settings.operator_contact
            or "The operator has not entered an address yet. Please ask whoever gave you the link to this site.",
            storage=_storage(settings),
            hosting=settings.hosting,
            relay=bool(settings.turn_urls),
            hidden=bool(settings.turn_urls) and settings.ice_policy == "relay",
            oidc=settings.oidc_name if settings.oidc_issuer else "",
            smtp=bool(settings.smtp_url),
            keep_meetings=_kept(settings.keep_meetings_days, "after the meeting, then they are erased"),
            keep_deletions=_kept(
                settings.keep_deletion_requests_days, "after they were dealt with, then they are erased"
            ),
            keep_audit=_kept(settings.keep_audit_days, "then they are erased"),
        )
    )


def _storage(settings: Settings) -> str:
    if settings.store_url.startswith("mongodb"):
        where = "a MongoDB database"
        if ".mongodb.net" in settings.store_url:
            where = "MongoDB Atlas, a database service of MongoDB, Inc., which processes it on our behalf"
        return f"Everything that section 3 names is kept in {where}."
    return "Everything that section 3 names is kept in a database file on the server itself."


def _kept(days: int, after: str) -> str:
    return f"for {days} days {after}." if days else "kept; there is no automatic expiry at present."


def substance(markdown: str) -> str:
    """A text of ours without what is the operator's own: who they are, how to reach them, and addresses of the site."""
    sections = re.split(r"^(?=## )", markdown, flags=re.MULTILINE)
    return re.sub(r"\[[^\]]*\]\([^)]*\)", "", "".join(sections[2:-1]))  # the first is what stands before any heading


async def write_defaults(
    repository: LegalRepository, users: AccountRepository, settings: Settings, clock: Clock
) -> None:
    """Put the texts in where there are none, or where the last one was ours too and says something else.

    Several processes may do so at once: each version is there once.
    """
    now = clock.now()
    for kind in KINDS:
        versions = await repository.versions(kind)
        text = default_text(kind, settings)
        if versions and (versions[0].published_by or versions[0].markdown == text):
            continue
        await repository.add(
            _following(versions[0], text, now, people=await users.any()) if versions else _first(kind, text, now)
        )


def _first(kind: Kind, text: str, now: datetime) -> LegalVersion:
    return LegalVersion(
        id=rules.version_id(kind, 1),
        kind=kind,
        serial=1,
        version="1.0",
        title=TITLES[kind],
        markdown=text,
        summary="",
        material=False,
        effective_on=now.date(),
        published_at=now,
    )


def _following(last: LegalVersion, text: str, now: datetime, *, people: bool) -> LegalVersion:
    material = people and substance(text) != substance(last.markdown)
    soonest = now.date() + rules.NOTICE if material else now.date()
    return LegalVersion(
        id=rules.version_id(last.kind, last.serial + 1),
        kind=last.kind,
        serial=last.serial + 1,
        version=rules.next_name(last.version, material=material),
        title=TITLES[last.kind],
        markdown=text,
        summary=MATERIAL if material else "What the settings of this installation say has changed.",
        material=material,
        # Never before the one it follows, which may be a change that people are being told of.
        effective_on=max(soonest, last.effective_on),
        published_at=now,
        mailing=material,
    )
