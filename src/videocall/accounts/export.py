"""My data: a ZIP with everything that is kept of an account, for people and for machines (policy section 12)."""

import asyncio
import csv
import io
import zipfile
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from videocall.accounts.credentials import CredentialRepository
from videocall.accounts.model import DeletionView, Me, SessionView
from videocall.accounts.passkey_model import PasskeyView
from videocall.accounts.pictures import Pictures
from videocall.accounts.repository import AccountRepository
from videocall.accounts.service import Accounts, Caller
from videocall.clock import Clock
from videocall.legal.rights_model import RightsView
from videocall.meetings.history import History, MeetingItem, Reader
from videocall.problems import NotFound
from videocall.push.model import SubscribedView
from videocall.rates import Rates
from videocall.texts import table_cell

EXPORT_RATE = "10/hour"
_README = """This is everything that VideoCall.cc keeps of your account.

account.json   your account, sessions, passkeys, browsers that get push messages,
               objections with their answers, and meetings
schema.json    what each field of account.json is (JSON Schema 2020-12)
meetings.csv   your meetings as a table
picture.webp   your profile picture, if you have one

Of your password only a hash is kept, and of your second factor an encrypted secret; neither is in here.
"""


class Export(Struct):
    """The shape of account.json."""

    exported_at: datetime
    account: Me
    deletion: DeletionView | None
    sessions: list[SessionView]
    passkeys: list[PasskeyView]
    push_browsers: list[SubscribedView]
    objections: list[RightsView]
    meetings: list[MeetingItem]


Kept = TypeVar("Kept")
Known = Callable[[str], Awaitable[list[Kept]]]
"""Gives what is kept of an account, by its id."""


async def _nothing(user_id: str) -> list[Any]:  # noqa: ARG001 -- see `Known`
    return []


class Exports:
    """Packs the data of an account."""

    def __init__(
        self,
        *,
        clock: Clock,
        accounts: Accounts,
        pictures: Pictures,
        repository: AccountRepository,
        credentials: CredentialRepository,
        history: History,
        rates: Rates,
    ) -> None:
        self._clock = clock
        self._accounts = accounts
        self._pictures = pictures
        self._repository = repository
        self._credentials = credentials
        self._history = history
        self._rates = rates
        self.objections: Known[RightsView] = _nothing
        self.push_browsers: Known[SubscribedView] = _nothing
        """What other domains know of an account; they set it, since they know accounts already."""

    async def pack(self, caller: Caller) -> bytes:
        """The ZIP; raises `TooManyRequests`."""
        await self._rates.hit(EXPORT_RATE, "export", caller.user.id)
        request = await self._repository.deletion_of(caller.user.id)
        export = Export(
            exported_at=self._clock.now(),
            account=self._accounts.view(caller.user),
            deletion=msgspec.convert(request, DeletionView, from_attributes=True) if request else None,
            sessions=await self._accounts.sessions(caller),
            passkeys=[
                msgspec.convert(passkey, PasskeyView, from_attributes=True)
                for passkey in await self._credentials.passkeys(caller.user.id)
            ],
            push_browsers=await self.push_browsers(caller.user.id),
            objections=await self.objections(caller.user.id),
            meetings=await self._history.everything(Reader(caller.user.id, caller.user.own_address)),
        )
        try:
            picture = await self._pictures.read(caller.user.picture)
        except NotFound:
            picture = None
        return await asyncio.to_thread(_zip, export, picture)


def _zip(export: Export, picture: bytes | None) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", _README)
        archive.writestr("account.json", msgspec.json.format(msgspec.json.encode(export), indent=2))
        archive.writestr("schema.json", msgspec.json.format(msgspec.json.encode(msgspec.json.schema(Export)), indent=2))
        archive.writestr("meetings.csv", _table(export.meetings))
        if picture is not None:
            archive.writestr("picture.webp", picture)
    return out.getvalue()


def _table(meetings: list[MeetingItem]) -> str:
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(MeetingItem.__struct_fields__)
    for meeting in meetings:
        # As plain values: a recurrence is a structure of its own.
        table.writerow(table_cell(value) for value in msgspec.to_builtins(meeting).values())
    return out.getvalue()
