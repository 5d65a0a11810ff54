"""A store as full as that of an operator: thousands of people, many times as many meetings; the same each time."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from videocall.accounts.model import DeletionRequest, User
from videocall.accounts.repository import DELETIONS, USERS
from videocall.admin.model import Admin, AuditEntry
from videocall.admin.repository import ADMINS, AUDIT
from videocall.legal.model import LegalVersion
from videocall.legal.repository import VERSIONS
from videocall.legal.rights import REQUESTS
from videocall.legal.rights_model import RightsRequest
from videocall.mail.model import QueuedMail
from videocall.mail.repository import MAILS
from videocall.meetings.model import Meeting, Person, Visit
from videocall.meetings.repository import MEETINGS, PEOPLE, VISITS
from videocall.mobile.model import Ads, Branding, MinimumVersion, Region
from videocall.mobile.repository import REGIONS
from videocall.pool.model import Health, PoolServer
from videocall.pool.repository import SERVERS
from videocall.store.base import Document, Store, as_document

FIRST = ("Ada", "Grace", "Emmy", "Sofia", "Rosalind", "Hedy", "Katherine", "Margaret", "Lise", "Barbara")
LAST = ("Lovelace", "Hopper", "Noether", "Keller", "Franklin", "Lamarr", "Johnson", "Hamilton", "Meitner", "Liskov")
TITLES = ("Standup", "Design review", "Choir", "Budget", "Reading circle", "Interview", "Retrospective", "Lesson")
_LETTERS = "abcdefghijkmnpqrstuvwxyz"
_LIVE = 40
_AT_ONCE = 5000
_FEW = 60
_COUNTRIES = [f"{first}{second}" for first in "ADFI" for second in "ABCDEFGHIJKLMNO"]


def _code(number: int) -> str:
    digits = [_LETTERS[number // 24**place % 24] for place in range(10)]
    return f"{''.join(digits[:3])}-{''.join(digits[3:7])}-{''.join(digits[7:])}"


def _user(number: int, now: datetime, users: int) -> User:
    first, last = FIRST[number % 10], LAST[number // 10 % 10]
    made = now - timedelta(days=400 * (users - number) / users)
    return User(
        id=f"user-{number:06}",
        email=f"{first}.{last}.{number}@example.org".lower(),
        first_name=first,
        last_name=f"{last} {number}",
        password_hash="-",
        created_at=made,
        email_verified_at=made if number % 7 else None,
        disabled_at=made if number % 97 == 0 else None,
    )


def _meeting(number: int, now: datetime, users: int, meetings: int, chance: random.Random) -> Meeting:
    live = number >= meetings - _LIVE
    made = now - (timedelta(minutes=20) if live else timedelta(days=1 + 400 * (meetings - number) / meetings))
    host = chance.randrange(users)
    ended = None if live else made + timedelta(minutes=chance.randrange(5, 120))
    return Meeting(
        code=_code(number * 7919 + 11),
        title=f"{TITLES[number % len(TITLES)]} {number}",
        description="",
        kind="instant" if number % 3 else "scheduled",
        status="live" if live else "ended",
        engine=("auto", "direct", "jitsi")[number % 3],
        server="meet.example.org" if number % 3 == 2 else None,
        lobby=number % 5 == 0,
        password_sealed="sealed" if number % 4 == 0 else None,
        host_id=f"person-{number:07}",
        host_name=f"{FIRST[host % 10]} {LAST[host // 10 % 10]} {host}",
        host_email=None,
        host_key_digest="",
        created_at=made,
        host_user=f"user-{host:06}",
        started_at=made,
        seen_at=ended or now,
        ended_at=ended,
        end_reason=None if live else ("host", "abandoned")[number % 2],
    )


def _region(number: int, now: datetime) -> Region:
    country = number % 3 > 0
    return Region(
        id=_COUNTRIES[number] if country else f"region-{number:02}",
        scope="country" if country else "region",
        name=f"{LAST[number % 10]} land {number}",
        countries=[] if country else [_COUNTRIES[number]],
        branding=Branding(accent=f"#0b{number * 4:02x}57"),
        ads=Ads(),
        minimum_version=MinimumVersion(),
        revision=1,
        changed_at=now - timedelta(days=number % 7),
        changed_by=("root", "ines")[number % 2],
    )


def _version(number: int, now: datetime) -> LegalVersion:
    """Those that follow the first text, a month after each other; the last ones are still to come."""
    on = now + timedelta(days=30 * (number - _FEW + 3))
    return LegalVersion(
        id=f"privacy-{number + 2}",
        kind="privacy",
        serial=number + 2,
        version=f"1.{number + 1}",
        title="Privacy policy",
        markdown=f"## 1. What we keep\n\nTimes of meetings, for {number + 2} months.",
        summary=f"Records are kept for {number + 2} months.",
        material=number % 5 == 0,
        effective_on=on.date(),
        published_at=min(now, on) - timedelta(days=31) + timedelta(minutes=number),
        published_by=("root", "ines")[number % 2],
    )


def _server(number: int, now: datetime) -> PoolServer:
    """All are off, so that nobody looks at them and they stay as they are."""
    return PoolServer(
        domain=f"meet-{number:02}.example",
        operator=f"{LAST[number % 10]} club",
        country=_COUNTRIES[number],
        weight=1 + number % 9,
        added_at=now - timedelta(days=number),
        enabled=False,
        health=Health(
            state=("up", "down", "unknown")[number % 3], latency_ms=None if number % 4 == 0 else number * 7.5
        ),
    )


def _admin(number: int, now: datetime) -> Admin:
    return Admin(
        id=f"admin-{number}",
        name=f"{FIRST[number % 10]}-{number}".lower(),
        password_hash="-",
        created_at=now - timedelta(days=number // 2),
        totp_sealed="sealed" if number % 3 else "",
    )


async def seed(store: Store, now: datetime, *, users: int = 5_000, meetings: int = 100_000) -> None:
    """Fill a store; with more users come more requests, mails, entries of the audit log; and some of all the rest."""
    more = REGIONS, VERSIONS, SERVERS, ADMINS
    for collection in (USERS, MEETINGS, PEOPLE, VISITS, DELETIONS, REQUESTS, MAILS, AUDIT, *more):
        await store.ensure(collection, [])
    chance = random.Random(1)  # noqa: S311 -- the same each time is the point

    async def load(collection: str, records: Iterator[Any]) -> None:
        documents: Iterator[Document] = map(as_document, records)
        while some := list(islice(documents, _AT_ONCE)):
            await store.load(collection, some)

    await load(USERS, (_user(number, now, users) for number in range(users)))
    held = [_meeting(number, now, users, meetings, chance) for number in range(meetings)]
    await load(MEETINGS, iter(held))
    latest = held[-500:]
    await load(
        PEOPLE,
        (
            Person(
                id=one.host_id,
                meeting=one.code,
                name=one.host_name,
                role="host",
                created_at=one.created_at,
                admitted=True,
                user=one.host_user,
                ended_at=one.ended_at,
            )
            for one in latest
        ),
    )
    await load(
        VISITS,
        (
            Visit(
                id=f"visit-{one.code}",
                meeting=one.code,
                person=one.host_id,
                session="page",
                joined_at=one.created_at,
                seen_at=one.seen_at or now,
                left_at=one.ended_at,
            )
            for one in latest
        ),
    )
    await load(
        DELETIONS,
        (
            DeletionRequest(
                id=f"request-{number:04}",
                email=f"asks-{number}@example.org",
                first_name=FIRST[number % 10],
                last_name=f"{LAST[number % 10]} {number}",
                reason="I no longer need it." if number % 2 else "",
                hard=number % 3 == 0,
                user=f"user-{number:06}",
                status=("waiting", "done", "rejected", "unverified")[number % 4],
                created_at=now - timedelta(days=number % 40),
                verified_at=now - timedelta(days=number % 40),
            )
            for number in range(users // 25)
        ),
    )
    await load(
        REQUESTS,
        (
            RightsRequest(
                id=f"rights-{number:04}",
                kind="objection" if number % 2 else "restriction",
                text=f"Please do not count how long I was there (wish {number}).",
                created_at=now - timedelta(days=number % 40),
                user=f"user-{number:06}" if number % 3 else "",
                state=("open", "accepted", "refused")[number % 3],
                answer="" if number % 3 == 0 else "We stopped it.",
                answered_at=None if number % 3 == 0 else now,
            )
            for number in range(users // 25)
        ),
    )
    await load(
        MAILS,
        (
            QueuedMail(
                id=f"mail-{number:05}",
                letter=("verify-email", "invitation", "reminder", "reset-password")[number % 4],
                to_key=f"key-{number}",
                message_id=f"<{number}@example.org>",
                sealed="",
                created_at=now - timedelta(minutes=number),
                due_at=now + timedelta(days=1),
                attempts=10 if number % 50 == 0 else 1,
                state="dead" if number % 50 == 0 else "sent",
                done_at=now - timedelta(minutes=number),
                error="SMTPDataError (550)" if number % 50 == 0 else "",
            )
            for number in range(users * 2 // 5)
        ),
    )
    await load(REGIONS, (_region(number, now) for number in range(_FEW)))
    await load(VERSIONS, (_version(number, now) for number in range(_FEW)))
    await load(SERVERS, (_server(number, now) for number in range(_FEW)))
    await load(ADMINS, (_admin(number, now) for number in range(_FEW)))
    await load(
        AUDIT,
        (
            AuditEntry(
                id=f"entry-{number:05}",
                at=now - timedelta(hours=number),
                admin="admin-1",
                admin_name=("root", "ines")[number % 2],
                action=("signed_in", "user_disabled", "meeting_ended", "deletion_approved")[number % 4],
                about=f"user-{number:06}" if number % 4 == 1 else "",
                notes="As agreed" if number % 3 == 0 else "",
                address="192.0.2.7",
                before={"disabled": False} if number % 4 == 1 else {},
                after={"disabled": True} if number % 4 == 1 else {},
            )
            for number in range(users * 3 // 5)
        ),
    )
