"""An account that goes takes along what it had planned, whom it invited, and who invited it."""

import icalendar
from msgspec.structs import replace

from people import part, register, text_of
from post_office import PostOffice
from running_server import RunningServer, TurnedClock, running, until
from videocall.records import RECORDS
from videocall.settings import Settings

NAME, EMAIL, GRACE = "Adelaide Lovelacek", "adelaide@lovelacek.example", "grace@example.org"
PLAN = {
    "kind": "scheduled",
    "title": f"Tea with {NAME}",
    "starts_at": "2026-06-29T08:00:00Z",
    "recurrence": {"freq": "daily"},
    "invitees": [GRACE],
}


async def kept(server: RunningServer) -> str:
    store = server.app.state["store"]
    return "".join([f"{name} {await store.find(name, {})}" for name in RECORDS if name != "deletion_requests"]).lower()


async def test_hard_erasure_cancels_plans_and_leaves_no_name_or_address(
    server: RunningServer, post_office: PostOffice
) -> None:
    ada, grace = await register(server, NAME, EMAIL), await register(server, "Grace Hopper", GRACE)
    for account in (ada, grace):
        await account.verify(post_office)
    await grace.call("PATCH", "/api/me", json={"language": "de"})
    code = await ada.meeting(**PLAN)
    date = f"/api/meetings/{code}/occurrences/2026-06-30T08:00:00Z"
    assert (await ada.call("PATCH", date, json={"title": f"{NAME} alone"})).status_code == 200
    theirs = await grace.meeting(**{**PLAN, "title": "Coffee", "invitees": [EMAIL]})
    await post_office.letter(EMAIL, about="Coffee")
    assert EMAIL not in str(await server.app.state["store"].find("invitees", {})), "encrypted while it is kept"
    user = await part(server, "accounts").reload(ada.me["id"])
    for _ in range(2):
        await part(server, "deletions").erase(user, hard=True)
    letter = await post_office.letter(GRACE, about="Abgesagt")
    assert "Dieses Video-Meeting von Gelöschter Nutzer findet nicht statt." in text_of(letter)
    (calendar, _) = [one.get_content() for one in letter.walk() if one.get_content_type() == "text/calendar"]
    assert "Gelöschter Nutzer" in str(icalendar.Calendar.from_ical(calendar).walk("VEVENT")[0]["ORGANIZER"].params)
    assert EMAIL not in str(letter)
    assert "Lovelacek" not in str(letter)
    assert (await server.http.get(f"/api/meetings/{code}")).json()["status"] == "cancelled"
    everything = await kept(server)
    assert [word for word in (EMAIL, *NAME.lower().split()) if word in everything] == []
    assert await server.app.state["store"].find("invitees", {}) == []
    assert (await grace.get(f"/api/meetings/{theirs}"))["schedule"]["invitees"] == []
    assert len(post_office.to(GRACE, "Abgesagt")) == 1


async def test_letters_to_an_erased_guest_go_from_the_data_folder(settings: Settings, clock: TurnedClock) -> None:
    async with running(replace(settings, smtp_url=""), clock) as server:
        ada, grace = await register(server, NAME, EMAIL), await register(server, "Grace Hopper", GRACE)
        users = server.app.state["store"]
        await users.update("users", {"_id": grace.me["id"]}, {"$set": {"email_verified_at": clock.now()}})
        await grace.meeting(**{**PLAN, "title": "Coffee", "invitees": [EMAIL]})

        async def texts() -> list[bytes]:
            return [path.read_bytes() for path in (settings.data / "mail").glob("*.eml")]

        await until(texts, lambda found: any(b"Coffee" in text for text in found))
        await part(server, "deletions").erase(await part(server, "accounts").reload(ada.me["id"]), hard=True)
        assert [text for text in await texts() if EMAIL.encode() in text] == []
