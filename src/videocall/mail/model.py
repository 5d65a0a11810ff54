"""What is kept of mail, and what a letter consists of."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from videocall.words import DEFAULT

EMAIL_PATTERN = r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+(?!\n)$"
"""What browsers take in an e-mail field (HTML, section 4.10.5.1.5), with a dot in the domain: one address, not two."""

Email = Annotated[str, Meta(max_length=254, pattern=EMAIL_PATTERN)]
State = Literal["waiting", "sent", "dead"]


class QueuedMail(Struct, kw_only=True):
    """One mail of the queue. `done_at` is null while it waits; `due_at` is when to try, and moves on while one tries.

    `sealed` is its `Content`, encrypted because it may hold links that open accounts, and empty once it was sent.
    `to_key` is a keyed digest of the receiver's address, to find what is kept for somebody. `message_id` stays the
    same however often it is tried, so that a receiving server can tell a repetition (RFC 5322, section 3.6.4).
    `claimed` tells an attempt that goes on, or was cut off, from waiting for the next.
    """

    id: str = msgspec.field(name="_id")
    letter: str
    to_key: str
    message_id: str
    sealed: str
    created_at: datetime
    due_at: datetime
    claimed: bool = False
    attempts: int = 0
    state: State = "waiting"
    done_at: datetime | None = None
    error: str = ""


class Content(Struct):
    """What is read by the receiver: the same letter as text and as HTML.

    `language` is that of both (BCP 47). With a `calendar` (iCalendar text) calendars take it in; `method` tells them
    what it is (RFC 6047).
    """

    to: str
    subject: str
    text: str
    html: str
    calendar: str = ""
    method: str = ""
    language: str = DEFAULT
