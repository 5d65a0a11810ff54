from pathlib import Path

from e2e.arrivals import Arrivals
from e2e.firefox import firefox
from e2e.site_process import SiteProcess
from e2e.visitor import RECORDER
from e2e.waiting import eventually


async def test_firefox_and_chromium_see_and_hear_each_other(
    tmp_path: Path, arrive: Arrivals, site: SiteProcess
) -> None:
    meeting, (ada,) = await arrive.meeting("Ada")
    async with firefox(tmp_path, RECORDER) as ben:
        await ben.open(f"{site.address}/m/{meeting['code']}")
        await ben.is_in("prejoin")
        await ben.fill("Your name", "Ben")
        await ben.press("Join now")
        await ben.is_in("live")

        async def both_move_and_sound() -> None:
            (from_ben,) = (await ada.flows()).values()
            (from_ada,) = (await ben.evaluate("recorder.flows()")).values()
            assert from_ben.frames > 10, "Ada sees nothing of Ben"
            assert from_ada["frames"] > 10, "Ben sees nothing of Ada"
            assert from_ben.energy > 0, "Ada hears nothing of Ben"
            assert from_ada["energy"] > 0, "Ben hears nothing of Ada"

        await ada.sees_only("Ben")
        await eventually(both_move_and_sound, 40)

        # From Chromium to Firefox and back, and a mark on the way.
        await ada.press("Chat")
        await ada.textbox("Write a message").fill("Hello from Chromium")
        await ada.page.keyboard.press("Enter")
        await ben.press("Chat")
        await ben.sees("Hello from Chromium")
        await ben.press("Turn off microphone")
        await ada.sees_tile("Ben", "Microphone off")
        await ada.press("Share screen")  # a headless Firefox has none to share

        async def sees_the_screen() -> None:
            assert max((await ben.evaluate("recorder.screens()")).values(), default=0) > 1

        await eventually(sees_the_screen)

        # Both can be told which codec to send in, and neither has an encoder in hardware here.
        async def as_meant() -> None:
            assert await ben.evaluate("recorder.codecs('inbound-rtp')") == {"camera": "VP8", "screen": "AV1"}
            assert await ben.evaluate("recorder.codecs('outbound-rtp')") == {"camera": "VP8"}

        await eventually(as_meant)
        await ben.press("Leave")
        await ada.sees_only()
