"""Invitations and reminders as they arrive: real mail, read by two parsers of calendars."""

import asyncio
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import icalendar
import recurring_ical_events
import vobject

from people import Account, code_of, part, register, text_of
from post_office import PostOffice
from running_server import RunningServer, TurnedClock, until

START = "2026-10-20T08:00:00Z"
PASSWORD = "Korrekt-Pferd-Batterie-9"
GRACE, JOAN = "grace@example.org", "joan@example.net"


def calendar_of(letter: EmailMessage) -> icalendar.Calendar:
    """The calendar part, which stands in the letter twice: to be taken in, and as a file."""
    body = next(one for one in letter.walk() if one.get_content_type() == "text/calendar" and not one.get_filename())
    file = next(one for one in letter.iter_attachments() if one.get_filename() == "invite.ics")
    text = body.get_content()
    assert isinstance(text, str)
    assert text.split() == file.get_content().split()
    vobject.readOne(text)
    found = icalendar.Calendar.from_ical(text)
    assert isinstance(found, icalendar.Calendar)
    assert body.get_param("method") == found["method"]
    return found


def events_of(letter: EmailMessage) -> list[Any]:
    return list(calendar_of(letter).walk("VEVENT"))


def shown(calendar: icalendar.Calendar, days: int = 21) -> list[datetime]:
    """What a calendar program would show of it."""
    begin = datetime(2026, 10, 19, tzinfo=UTC)
    found = recurring_ical_events.of(calendar).between(begin, begin + timedelta(days=days))
    return sorted(event["DTSTART"].dt.astimezone(UTC) for event in found)


def link_in(letter: EmailMessage, page: str) -> str:
    return next(word for word in text_of(letter).split() if f"/{page}#" in word).partition("#")[2]


async def host(server: RunningServer, office: PostOffice) -> Account:
    ada = await register(server)
    await ada.verify(office)
    return ada


async def invited(ada: Account, **wish: Any) -> str:
    body = {
        "kind": "scheduled",
        "title": "Tea & cake",
        "description": "Bring cups.\nAnd <b>spoons</b>.",
        "starts_at": START,
        "time_zone": "Europe/Berlin",
        "password": PASSWORD,
        "recurrence": {"freq": "weekly", "weekdays": ["tu"]},
        "invitees": [GRACE],
        "reminders": [],
        **wish,
    }
    return await ada.meeting(**body)


async def test_an_invitation_can_be_taken_in_and_read(server: RunningServer, post_office: PostOffice) -> None:
    ada = await host(server, post_office)
    code = await invited(ada)
    letter = await post_office.letter(GRACE)
    assert letter["Subject"] == "Invitation: Tea & cake"
    text = text_of(letter)
    assert "Tuesday, 20 October 2026, 10:00 to 11:00 (Europe/Berlin, UTC+02:00)" in text
    assert "every week on Tuesday" in text
    assert f"https://meet.example/m/{code}" in text
    html = letter.get_body(("html",))
    assert html is not None
    assert "&lt;b&gt;spoons" in html.get_content()
    assert "prefers-color-scheme: dark" in html.get_content()
    calendar = calendar_of(letter)
    (event,) = calendar.walk("VEVENT")
    assert (calendar["METHOD"], event["UID"], event["SEQUENCE"]) == ("REQUEST", f"{code}@meet.example", 0)
    assert (str(event["ORGANIZER"]), str(event["ATTENDEE"])) == ("mailto:ada@example.org", f"mailto:{GRACE}")
    assert event["DTSTART"].params["TZID"] == "Europe/Berlin"
    assert [str(zone["TZID"]) for zone in calendar.walk("VTIMEZONE")] == ["Europe/Berlin"]
    # The clocks change between the first and the second: the hour on the wall stays.
    assert [f"{at:%d %H:%M}" for at in shown(calendar)] == ["20 08:00", "27 09:00", "03 09:00"]


async def test_changes_and_cancellations_come_with_higher_numbers(
    server: RunningServer, post_office: PostOffice
) -> None:
    ada = await host(server, post_office)
    code = await invited(ada)
    path = f"/api/meetings/{code}"
    await ada.call("PATCH", path, json={"title": "Coffee", "invitees": [GRACE, JOAN]})
    update = await post_office.letter(GRACE, about="Updated: Coffee")
    (event,) = events_of(update)
    assert (event["SEQUENCE"], event["SUMMARY"]) == (1, "Coffee")
    assert (await post_office.letter(JOAN))["Subject"] == "Invitation: Coffee"
    second = "2026-10-27T09:00:00Z"
    moved = {"starts_at": "2026-10-28T10:00:00Z", "duration_minutes": 30}
    await ada.call("PATCH", f"{path}/occurrences/{second}", json=moved)
    (event,) = events_of(await post_office.letter(GRACE, 2, about="Updated: Coffee"))
    assert event["RECURRENCE-ID"].dt == datetime(2026, 10, 27, 9, tzinfo=UTC)
    assert (event["SEQUENCE"], event["DTSTART"].dt) == (2, datetime(2026, 10, 28, 10, tzinfo=UTC))
    await ada.call("DELETE", f"{path}/occurrences/2026-11-03T09:00:00Z")
    gone = await post_office.letter(GRACE, about="Cancelled: Coffee")
    (event,) = events_of(gone)
    assert (calendar_of(gone)["METHOD"], event["STATUS"], event["SEQUENCE"]) == ("CANCEL", "CANCELLED", 3)
    assert event["RECURRENCE-ID"].dt == datetime(2026, 11, 3, 9, tzinfo=UTC)
    file = (await server.http.get(f"{path}/invite.ics")).content
    assert [f"{at:%d %H:%M}" for at in shown(icalendar.Calendar.from_ical(file), 28)] == [
        "20 08:00",
        "28 10:00",
        "10 09:00",
    ]
    await ada.call("PATCH", path, json={"invitees": [JOAN]})
    await post_office.letter(GRACE, 2, about="Cancelled: Coffee")
    await ada.call("DELETE", path)
    (event,) = events_of(await post_office.letter(JOAN, 2, about="Cancelled: Coffee"))
    assert "RECURRENCE-ID" not in event
    assert len(post_office.to(GRACE, "Cancelled")) == 2, "who is no longer invited is left alone"


async def test_people_are_told_in_their_own_zone_and_may_want_no_letters(
    server: RunningServer, post_office: PostOffice
) -> None:
    ada, grace = await host(server, post_office), await register(server, "Grace Hopper", GRACE)
    await grace.verify(post_office)
    await grace.call("PATCH", "/api/me", json={"time_zone": "America/New_York"})
    await invited(ada)
    text = text_of(await post_office.letter(GRACE, about="Invitation"))
    assert "Tuesday, 20 October 2026, 04:00 to 05:00 (America/New_York, UTC-04:00)" in text
    assert "10:00 to 11:00 (Europe/Berlin" in text
    wishes = {"reminders": False, "invitations": False, "news": False}
    await grace.call("PATCH", "/api/me", json={"notifications": wishes})
    await invited(ada, title="Other", invitees=[GRACE, JOAN])
    await post_office.letter(JOAN)
    assert post_office.to(GRACE, "Other") == []


async def test_who_has_an_account_reads_their_own_language_and_everybody_else_the_hosts(
    server: RunningServer, post_office: PostOffice, clock: TurnedClock
) -> None:
    ada, grace = await host(server, post_office), await register(server, "Grace Hopper", GRACE)
    await grace.verify(post_office)
    await ada.call("PATCH", "/api/me", json={"language": "de-AT"})
    await grace.call("PATCH", "/api/me", json={"language": "ar"})
    eve = await register(server, "Eve Doe", "eve@example.org")
    await eve.call("PATCH", "/api/me", json={"language": "ja"})
    clock.time = datetime(2026, 10, 20, 7, 0, tzinfo=UTC)
    for account in (ada, grace, eve):
        account.token = (await account.sign_in()).json()["token"]
    code = await invited(ada, reminders=[10], recurrence={"freq": "daily"}, invitees=[GRACE, JOAN, "eve@example.org"])
    german, arabic = (
        await post_office.letter(JOAN),
        await post_office.letter(GRACE, about="دعوة: \u2068Tea & cake\u2069"),
    )
    assert german["Subject"] == "Einladung: Tea & cake"
    assert "Dienstag, 20. Oktober 2026, 10:00 bis 11:00 Uhr (Europe/Berlin, UTC+02:00)" in text_of(german)
    assert "jeden Tag" in text_of(german)
    assert (german["Content-Language"], arabic["Content-Language"]) == ("de", "ar")
    html = arabic.get_body(("html",))
    assert html is not None
    assert '<html lang="ar" dir="rtl">' in html.get_content()
    unconfirmed = await post_office.letter("eve@example.org", about="Einladung")
    assert unconfirmed["Content-Language"] == "de", "whoever typed this address into a form need not be its owner"
    clock.turn(minutes=50)
    await post_office.letter(JOAN, about="Tea & cake beginnt in 10 Minuten")
    await post_office.letter(GRACE, about="خلال 10 دقائق")
    await ada.call("DELETE", f"/api/meetings/{code}")
    await post_office.letter(JOAN, about="Abgesagt: Tea & cake")
    await post_office.letter(GRACE, about="إلغاء: \u2068Tea & cake\u2069")


async def test_only_a_button_answers_an_invitation(server: RunningServer, post_office: PostOffice) -> None:
    ada = await host(server, post_office)
    code = await invited(ada)
    token = link_in(await post_office.letter(GRACE), "rsvp")

    async def rsvp(**body: Any) -> Any:
        return await server.http.post("/api/rsvp", json={"token": token, **body})

    looked = (await rsvp()).json()
    assert (looked["title"], looked["answer"], looked["email"], looked["needs_password"]) == (
        "Tea & cake",
        None,
        GRACE,
        True,
    )
    assert (await server.http.get("/api/rsvp")).status_code == 405
    assert (await rsvp(answer="accepted")).json()["answer"] == "accepted"
    (invitee,) = (await ada.get(f"/api/meetings/{code}"))["schedule"]["invitees"]
    assert (invitee["email"], invitee["answer"]) == (GRACE, "accepted")
    assert (await rsvp(answer="declined")).json()["answer"] == "declined"
    assert code_of(await rsvp(answer="perhaps"))[0] == 400
    for wrong in ("", "x", token[:-1] + "x", "é.é"):
        assert code_of(await server.http.post("/api/rsvp", json={"token": wrong})) == (410, "link-expired")
    await ada.call("PATCH", f"/api/meetings/{code}", json={"invitees": []})
    assert code_of(await rsvp()) == (410, "link-expired")


async def test_only_who_confirmed_their_address_invites_people(server: RunningServer, post_office: PostOffice) -> None:
    ada = await register(server)
    wish = {"kind": "scheduled", "starts_at": START, "invitees": [GRACE]}
    assert code_of(await ada.call("POST", "/api/meetings", json=wish)) == (403, "email-not-verified")
    guest = await server.http.post("/api/meetings", json={**wish, "guest": {"name": "Eve"}})
    assert list(guest.json()["errors"]) == ["invitees"]
    code = await ada.meeting(**{**wish, "invitees": []})
    before = await ada.get(f"/api/meetings/{code}")
    answer = await ada.call("PATCH", f"/api/meetings/{code}", json={"title": "Party", "invitees": [GRACE]})
    assert code_of(answer) == (403, "email-not-verified")
    assert await ada.get(f"/api/meetings/{code}") == before, "what is refused changes nothing"
    assert post_office.to(GRACE) == []


async def test_reminders_come_once_and_when_they_were_asked_for(
    server: RunningServer, post_office: PostOffice, clock: TurnedClock
) -> None:
    ada = await host(server, post_office)
    clock.time = datetime(2026, 10, 19, 7, 0, tzinfo=UTC)
    ada.token = (await ada.sign_in()).json()["token"]
    code = await invited(ada, reminders=[10, 1440], recurrence={"freq": "daily"}, invitees=[GRACE, JOAN])
    token = link_in(await post_office.letter(JOAN), "rsvp")
    await server.http.post("/api/rsvp", json={"token": token, "answer": "declined"})
    assert post_office.to(GRACE, "begins") == []
    clock.turn(hours=1)
    letter = await post_office.letter(GRACE, about="Tea & cake begins in 1 day")
    assert f"https://meet.example/m/{code}" in text_of(letter)
    clock.turn(hours=23, minutes=50)
    await post_office.letter(GRACE, about="begins in 10 minutes")
    await post_office.letter("ada@example.org", about="begins in 10 minutes")
    reminders = part(server, "scheduling")._reminders  # noqa: SLF001
    meeting = await part(server, "meetings").find(code)
    store = server.app.state["store"]
    # Who queued the letters died before the time moved on: the next one finds them queued.
    await store.update("meetings", {"_id": code}, {"$set": {"remind_at": clock.now()}})
    assert await reminders.send_due() in {0, 1}
    assert meeting.remind_at is not None

    async def planned() -> datetime | None:
        return (await part(server, "meetings").find(code)).remind_at  # type: ignore[no-any-return]

    await until(planned, lambda at: at == datetime(2026, 10, 20, 8, 0, tzinfo=UTC))
    clock.turn(minutes=10)
    await post_office.letter(GRACE, 2, about="begins in 1 day")
    assert len(post_office.to(GRACE, "begins in 10 minutes")) == 1
    assert post_office.to(JOAN, "begins") == []


async def test_a_calendar_has_a_secret_address_that_can_be_renewed(
    server: RunningServer, post_office: PostOffice
) -> None:
    ada, grace = await host(server, post_office), await register(server, "Grace Hopper", GRACE)
    await grace.verify(post_office)
    await invited(ada)
    assert (await grace.get("/api/me/feed")) == {"url": None}
    url = (await grace.call("POST", "/api/me/feed")).json()["url"]
    assert (await grace.get("/api/me/feed"))["url"] == url
    path = url.removeprefix("https://meet.example")
    answer = await server.http.get(path)
    assert answer.headers["content-type"].startswith("text/calendar")
    (event,) = icalendar.Calendar.from_ical(answer.content).walk("VEVENT")
    assert event["SUMMARY"] == "Tea & cake"
    again = (await grace.call("POST", "/api/me/feed")).json()["url"]
    for gone in (path, "/api/feeds/x.ics", "/api/feeds/x", path.removesuffix(".ics")):
        assert code_of(await server.http.get(gone)) == (404, "not-found")
    assert (await server.http.get(again.removeprefix("https://meet.example"))).status_code == 200


async def test_who_is_invited_finds_it_among_what_is_to_come(server: RunningServer, post_office: PostOffice) -> None:
    ada = await host(server, post_office)
    grace = await register(server, "Grace Hopper", GRACE)
    own = await grace.meeting(kind="scheduled", title="Later", starts_at="2026-10-21T08:00:00Z")
    code = await invited(ada, password=None)
    sooner = await invited(ada, title="Sooner", recurrence=None, starts_at="2026-10-19T08:00:00Z")

    async def to_come(query: str = "") -> list[str]:
        page = await grace.get(f"/api/me/meetings?view=upcoming{query}")
        assert all(item["role"] == ("host" if item["code"] == own else "guest") for item in page["items"])
        return [item["code"] for item in page["items"]]

    assert await to_come() == [own], "the address may be somebody else's"
    await grace.verify(post_office)
    assert await to_come() == [sooner, code, own]
    seen: list[str] = []
    cursor: str | None = ""
    for _ in range(3):
        page = await grace.get(f"/api/me/meetings?view=upcoming&limit=1{cursor and f'&cursor={cursor}'}")
        seen += [item["code"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert (seen, cursor) == ([sooner, code, own], None)
    server.clock.turn(days=119, hours=20)  # the 20th of October, quarter to eight
    grace.token = (await grace.sign_in()).json()["token"]
    assert (await grace.call("POST", f"/api/meetings/{code}/join", json={})).status_code == 200
    assert await to_come() == [own], "a series once entered is hers like any other"
    assert [item["code"] for item in (await grace.get("/api/me/meetings?view=live"))["items"]] == [code]


async def test_the_password_is_in_no_letter_file_or_feed(server: RunningServer, post_office: PostOffice) -> None:
    ada = await host(server, post_office)
    code = await invited(ada, reminders=[10])
    await post_office.letter(GRACE)
    await ada.call("PATCH", f"/api/meetings/{code}", json={"password": f"{PASSWORD}!", "title": "New"})
    await post_office.letter(GRACE, 2)
    url = (await ada.call("POST", "/api/me/feed")).json()["url"].removeprefix("https://meet.example")
    said = [
        (await server.http.get(path)).text
        for path in (url, f"/api/meetings/{code}/invite.ics", f"/api/meetings/{code}/share")
    ]
    said += [
        (await ada.call("GET", path)).text
        for path in (
            f"/api/meetings/{code}/attendance.csv",
            f"/api/meetings/{code}/occurrences",
            "/api/me/meetings?view=upcoming",
        )
    ]
    said += [
        part.get_content()
        for letter in post_office.messages
        for part in letter.walk()
        if part.get_content_maintype() == "text" and isinstance(part.get_content(), str)
    ]
    assert PASSWORD not in "".join(said)
    await asyncio.sleep(0)
