"""What is sent follows the number of people and what the receiver shows."""

from typing import Any

from playwright.async_api import expect

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


async def test_audio_only_sends_and_receives_no_pictures_until_it_is_switched_back(arrive: Arrivals) -> None:
    _, (ada, ben) = await arrive.meeting("Ada", "Ben")
    of_ada, of_ben = await ada.id(), await ben.id()
    await ben.receives_more_of(of_ada)
    await ada.receives_more_of(of_ben)

    async def picture_bytes() -> tuple[int, int]:
        sent = "recorder.pictureBytes('outbound-rtp')"
        return await ada.page.evaluate(sent), await ben.page.evaluate(sent)

    await ben.press("More")
    await ben.press("Audio only")
    await ben.shows_no_picture_of("Ada")
    await ada.shows_no_picture_of("Ben")
    await expect(ben.button("Turn on camera")).to_be_visible()

    async def no_more_is_sent() -> None:
        before = await picture_bytes()
        await ben.receives_more_of(of_ada, picture=False)
        await ada.receives_more_of(of_ben, picture=False)
        assert await picture_bytes() == before

    await eventually(no_more_is_sent)

    await ben.press("More")
    await ben.press("Pictures again")
    await ben.receives_more_of(of_ada)
    await ada.receives_more_of(of_ben)


async def test_who_had_no_camera_on_has_none_after_audio_only(arrive: Arrivals) -> None:
    _, (ada, ben) = await arrive.meeting("Ada", "Ben")
    of_ada, of_ben = await ada.id(), await ben.id()
    await ben.receives_more_of(of_ada)
    await ben.press("Turn off camera")
    await ben.press("More")
    await ben.press("Audio only")
    await ben.shows_no_picture_of("Ada")
    await ben.press("More")
    await ben.press("Pictures again")
    await ben.receives_more_of(of_ada)
    await expect(ben.button("Turn on camera")).to_be_visible()

    # To turn the camera on is to want pictures again.
    await ben.press("More")
    await ben.press("Audio only")
    await ben.shows_no_picture_of("Ada")
    await ben.press("Turn on camera")
    await ben.receives_more_of(of_ada)
    await ada.receives_more_of(of_ben)


async def test_faces_go_out_in_what_is_cheap_to_encode_and_screens_in_what_saves_most(arrive: Arrivals) -> None:
    """On this machine, which has no encoders in hardware and few processors."""
    _, (ada, ben) = await arrive.meeting("Ada", "Ben")
    await ada.press("Share screen")
    await ben.sees_screen_of("Ada")

    async def as_meant() -> None:
        sent = await ada.page.evaluate("recorder.codecs('outbound-rtp')")
        assert sent == {"camera": "VP8", "screen": "AV1"}
        assert await ben.page.evaluate("recorder.codecs('inbound-rtp')") == sent

    await eventually(as_meant)
    await ben.sees_screen_of("Ada")
