"""The mail queue against a real SMTP server of this machine: nothing lost, nothing sent twice."""

import asyncio
from collections.abc import AsyncIterator
from email import message_from_bytes
from pathlib import Path

import pytest
from msgspec.structs import replace

from post_office import PostOffice
from running_server import RunningServer, TurnedClock, running, until
from videocall.keys import Keys
from videocall.lists import Wish
from videocall.mail import rules
from videocall.mail.repository import MailRepository
from videocall.mail.sending import Delivery
from videocall.mail.service import Mailer
from videocall.settings import Settings
from videocall.store.opening import open_store


@pytest.fixture
async def mailers(settings: Settings, clock: TurnedClock, post_office: PostOffice) -> AsyncIterator[list[Mailer]]:
    """Two processes' worth of mailers over one store."""
    settings = replace(settings, smtp_url=post_office.url)
    settings.data.mkdir(parents=True)
    store = open_store(settings.store_url, settings.data)
    await store.open()
    repository = MailRepository(store)
    await repository.prepare()
    keys = Keys.open(settings.data)
    yield [
        Mailer(settings=settings, clock=clock, keys=keys, repository=repository, delivery=Delivery(settings))
        for _ in range(2)
    ]
    await store.close()


async def test_two_processes_send_each_mail_once(mailers: list[Mailer], post_office: PostOffice) -> None:
    for number in range(12):
        await mailers[number % 2].put(
            "email-changed", f"p{number}@example.org", language="en", name="Ada", new_email="a@b.example"
        )
    while any(await asyncio.gather(*(mailer.send_due() for mailer in mailers * 3))):
        pass
    assert sorted(message["To"] for message in post_office.messages) == sorted(f"p{n}@example.org" for n in range(12))
    assert await mailers[0].counts() == {"sent": 12}


async def test_a_refusal_for_now_is_tried_again_later_under_the_same_id(
    mailers: list[Mailer], post_office: PostOffice, clock: TurnedClock
) -> None:
    mailer = mailers[0]
    post_office.answers = ["451 Try later", "451 Try later"]
    await mailer.put("email-changed", "ada@example.org", language="en", name="Ada", new_email="a@b.example")
    assert await mailer.send_due() == 1
    assert await mailer.send_due() == 0
    clock.turn(seconds=61)
    assert await mailer.send_due() == 1
    clock.turn(seconds=61)
    assert await mailer.send_due() == 0, "the second delay is longer"
    clock.turn(minutes=4)
    assert await mailer.send_due() == 1
    (message,) = post_office.messages
    assert message["Message-ID"].endswith("@meet.example>")
    assert message["Auto-Submitted"] == "auto-generated"


async def test_a_refusal_for_good_becomes_a_dead_letter_that_can_be_revived(
    mailers: list[Mailer], post_office: PostOffice
) -> None:
    post_office.answers = ["550 No such person"]
    mail_id = await mailers[0].put(
        "email-changed", "ada@example.org", language="en", name="Ada", new_email="a@b.example"
    )
    await mailers[0].send_due()
    (((dead, receiver),), _) = await mailers[0].listed(Wish(sort="-created_at"), "dead")
    assert (dead.id, receiver, dead.error) == (mail_id, "ada@example.org", "SMTPDataError (550)")
    assert await mailers[0].try_now(mail_id)
    await mailers[1].send_due()
    assert len(post_office.messages) == 1
    assert await mailers[0].listed(Wish(sort="-created_at"), "dead") == ([], None)


async def test_a_mail_that_waits_is_tried_at_once_but_never_twice_at_a_time(
    mailers: list[Mailer], post_office: PostOffice, clock: TurnedClock
) -> None:
    mailer = mailers[0]
    post_office.answers = ["451 Try later"]
    mail_id = await mailer.put("email-changed", "ada@example.org", language="en", name="Ada", new_email="a@b.example")
    await mailer.send_due()
    assert await mailer.send_due() == 0, "it waits a minute"
    assert await mailer.try_now(mail_id)
    (waiting,) = await mailer._repository.due(clock.now(), 1)  # noqa: SLF001
    claimed = await mailer._repository.claim(waiting, clock.now())  # noqa: SLF001
    assert claimed is not None
    assert await mailer.try_now(mail_id), "it is being tried"
    assert await mailers[1].send_due() == 0
    await mailer._try(claimed)  # noqa: SLF001
    assert len(post_office.messages) == 1
    assert not await mailer.try_now(mail_id), "it was sent"


async def test_a_process_that_dies_while_sending_holds_a_mail_back_only_for_its_lease(
    mailers: list[Mailer], post_office: PostOffice, clock: TurnedClock
) -> None:
    dying, other = mailers
    await dying.put("email-changed", "ada@example.org", language="en", name="Ada", new_email="a@b.example")
    (waiting,) = await dying._repository.due(clock.now(), 1)  # noqa: SLF001
    assert await dying._repository.claim(waiting, clock.now()) is not None  # noqa: SLF001
    clock.turn(seconds=rules.LEASE.total_seconds() - 1)
    assert await other.send_due() == 0
    clock.turn(seconds=1)
    assert await other.send_due() == 1
    assert len(post_office.messages) == 1


async def test_no_server_there_is_no_reason_to_give_up(
    mailers: list[Mailer], settings: Settings, clock: TurnedClock
) -> None:
    mailer = mailers[0]
    mailer._delivery = Delivery(replace(settings, smtp_url="smtp://127.0.0.1:1"))  # noqa: SLF001
    await mailer.put("email-changed", "ada@example.org", language="en", name="Ada", new_email="a@b.example")
    for _ in range(rules.MOST_ATTEMPTS - 1):
        assert await mailer.send_due() == 1
        clock.turn(hours=6)
    assert await mailer.counts() == {"waiting": 1}
    await mailer.send_due()
    assert await mailer.counts() == {"dead": 1}


async def test_what_was_sent_is_kept_without_content_and_forgotten_after_a_month(
    mailers: list[Mailer], settings: Settings, clock: TurnedClock
) -> None:
    await mailers[0].put(
        "email-changed", "ada@example.org", language="en", name="Ada Lovelace", new_email="a@b.example"
    )
    document = (await mailers[0]._repository._store.find("mails", {}))[0]  # noqa: SLF001
    assert "lovelace" not in str(document).lower(), "waiting mail is encrypted"
    await mailers[0].send_due()
    assert (await mailers[0]._repository._store.find("mails", {}))[0]["sealed"] == ""  # noqa: SLF001
    clock.turn(days=31)
    await mailers[0].tidy()
    assert await mailers[0].counts() == {}
    assert not list(settings.data.glob("mail/*"))


async def test_a_guests_host_link_is_mailed(settings: Settings, clock: TurnedClock, post_office: PostOffice) -> None:
    async with running(replace(settings, smtp_url=post_office.url), clock) as server:
        made = await server.create(guest={"name": "Ada", "email": "Ada@Example.org"}, title="Notes\nBcc: x@y.example")
        (message,) = await until(lambda: asyncio.sleep(0, post_office.messages), bool)
    assert message["To"] == "ada@example.org"
    assert message["Bcc"] is None
    for kind in ("plain", "html"):
        body = message.get_body((kind,))
        assert body is not None
        assert made["host_link"] in body.get_content()


async def test_a_guest_is_written_to_in_the_language_of_their_page(
    settings: Settings, clock: TurnedClock, post_office: PostOffice
) -> None:
    async with running(replace(settings, smtp_url=post_office.url), clock) as server:
        wish = {"kind": "instant", "guest": {"name": "Ada", "email": "ada@example.org"}}
        made = await server.http.post("/api/meetings", json=wish, headers={"accept-language": "de-CH, en;q=0.5"})
        letter = await post_office.letter("ada@example.org")
    assert made.json()["meeting"]["title"] == "Meeting von Ada"
    assert made.json()["meeting"]["share"]["email"]["subject"] == "Einladung: Meeting von Ada"
    assert (letter["Subject"], letter["Content-Language"]) == ("Ihr Host-Link für Meeting von Ada", "de")


async def test_without_a_server_mail_lands_in_the_data_folder(server: RunningServer) -> None:
    await server.create(guest={"name": "Ada", "email": "ada@example.org"})
    folder: Path = server.settings.data / "mail"
    (file,) = await until(lambda: asyncio.sleep(0, list(folder.glob("*.eml"))), bool)
    assert file.stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700  # noqa: ASYNC240 -- a test may wait for a file
    assert message_from_bytes(file.read_bytes())["To"] == "ada@example.org"
