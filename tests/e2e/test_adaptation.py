"""What is sent follows the number of people and what the receiver shows."""

from typing import Any

from e2e.arrivals import Arrivals
from e2e.visitor import Visitor
from e2e.waiting import eventually

PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}


async def sends(visitor: Visitor, count: int, *, most_bitrate: int, most_height: int) -> None:
    async def check() -> None:
        encodings = await visitor.page.evaluate("recorder.sending()")
        assert len(encodings) == count
        for encoding in encodings:
            assert encoding["active"]
            assert encoding["maxBitrate"] <= most_bitrate
            assert encoding["height"] / encoding["scaleResolutionDownBy"] <= most_height + 1

    await eventually(check)


async def test_more_people_means_less_for_each(arrive: Arrivals) -> None:
    meeting, people = await arrive.meeting("Ada", "Ben")
    ada, ben = people
    await sends(ada, 1, most_bitrate=1_200_000, most_height=720)
    who = await ben.id()

    async def large() -> None:
        assert (await ada.flows())[who].height >= 360

    await eventually(large)

    people += [await (await arrive(name)).join(meeting["code"]) for name in ("Cem", "Dunja", "Emeka")]
    for person in people:
        await sends(person, 4, most_bitrate=625_000, most_height=360)

    async def small() -> None:
        assert (await ada.flows())[who].height <= 360

    await eventually(small)
    for person in people[2:]:
        await person.close()
    await ada.sees_only("Ben")
    await eventually(large)


async def test_a_picture_that_nobody_shows_is_not_sent(arrive: Arrivals) -> None:
    meeting, (ada,) = await arrive.meeting("Ada")
    ben = await (await arrive("Ben", **PHONE)).join(meeting["code"])
    who = await ada.id()
    await ben.receives_more_of(who)

    await ben.press("Chat")  # on a phone it covers everything

    async def nothing_is_sent() -> None:
        (encoding,) = await ada.page.evaluate("recorder.sending()")
        assert encoding["active"] is False

    await eventually(nothing_is_sent)
    await ben.receives_more_of(who, picture=False)

    await ben.press("Close panel")
    await ben.receives_more_of(who)


async def test_who_wants_no_pictures_gets_none_and_hears_everybody(arrive: Arrivals) -> None:
    _, (ada, ben) = await arrive.meeting("Ada", "Ben")
    who = await ada.id()
    await ben.receives_more_of(who)

    await ben.press("More")
    await ben.press("Receive no pictures")

    async def nothing_is_sent() -> None:
        (encoding,) = await ada.page.evaluate("recorder.sending()")
        assert encoding["active"] is False

    await eventually(nothing_is_sent)
    await ben.shows_no_picture_of("Ada")
    await ben.receives_more_of(who, picture=False)

    await ben.press("More")
    await ben.press("Receive pictures again")
    await ben.receives_more_of(who)
