"""What people write and draw together, and the small window."""

import asyncio

import pytest
from playwright.async_api import Locator, Page, expect

from e2e.arrivals import Arrivals
from e2e.site_process import SiteProcess
from e2e.visitor import Send, Visitor
from e2e.waiting import eventually

IS_PLAYING = "(video) => video.readyState >= 2 && video.videoWidth > 0 && !video.paused"


async def opens_small_window(visitor: Visitor) -> Page:
    await visitor.press("More")
    async with visitor.page.context.expect_page() as opened:
        await visitor.press("Small window")
    return await opened.value


async def test_a_small_window_has_what_one_needs(arrive: Arrivals) -> None:
    _, (ada, ben) = await arrive.meeting("Ada", "Ben", send=Send.PICTURE)
    await ada.has_everything()
    small = await opens_small_window(ada)
    picture = await small.wait_for_selector("video")
    await small.wait_for_function(IS_PLAYING, arg=picture)
    await ben.press("Raise hand")
    await expect(small.get_by_text("Hand raised: Ben")).to_be_visible()
    await small.set_viewport_size({"width": 360, "height": 300})
    await small.screenshot(path="test-results/small.png")
    await small.get_by_role("button", name="Turn on microphone").click()
    await expect(ada.button("Turn off microphone")).to_be_visible()
    await small.get_by_role("button", name="Turn off camera").click()
    await expect(ada.button("Turn on camera")).to_be_visible()

    # Back and out again; who leaves by it has no window left over.
    async with small.expect_event("close"):
        await small.get_by_role("button", name="Back to the meeting").click()
    small = await opens_small_window(ada)
    async with small.expect_event("close"):
        await small.get_by_role("button", name="Leave").click()
    await ada.is_in("ended")
    await ben.sees_only()


INKED = """(canvas, [x, y]) => {
    const { width, height } = canvas
    const { data } = canvas.getContext('2d').getImageData(x * width - 12, y * height - 12, 24, 24)
    return data.some((part, at) => at % 4 !== 3 && part < 160)
}"""


async def open_board(visitor: Visitor) -> Locator:
    await visitor.press("More")
    await visitor.press("Whiteboard")
    board = visitor.page.get_by_role("region", name="Whiteboard")
    await expect(board.get_by_role("radio", name="Pen")).to_be_checked()
    return board


async def draw(visitor: Visitor, y: float) -> None:
    """A line from left to right at this height, through the middle."""
    box = await visitor.page.get_by_role("img", name="Whiteboard").bounding_box()
    assert box
    mouse = visitor.page.mouse
    await mouse.move(box["x"] + box["width"] * 0.3, box["y"] + box["height"] * y)
    await mouse.down()
    await mouse.move(box["x"] + box["width"] * 0.7, box["y"] + box["height"] * y, steps=12)
    await mouse.up()


async def sees_ink(visitor: Visitor, y: float, *, there: bool = True) -> None:
    canvas = visitor.page.get_by_role("img", name="Whiteboard")

    async def check() -> None:
        assert await canvas.evaluate(INKED, [0.5, y]) is there, f"ink at {y} for {visitor.name}"

    await eventually(check)


async def test_people_write_and_draw_together(arrive: Arrivals, site: SiteProcess) -> None:
    meeting, (ada, ben) = await arrive.meeting("Ada", "Ben", send=Send.NOTHING)
    await write_together(ada, ben)
    cem = await arrive("Cem")
    await draw_together(ada, ben, cem, meeting["code"])

    for person in (ada, ben, cem):
        assert not [frame for frame in person.sent + person.received + person.posted if "walrus" in frame]
    kept = [path.name for path in site.folder.rglob("*") if path.is_file() and b"walrus" in path.read_bytes()]
    assert kept == []


async def write_together(ada: Visitor, ben: Visitor) -> None:
    await ada.press("More")
    await ada.press("Shared notes")
    await ada.textbox("Shared notes").fill("Ada the walrus\n\n")
    await expect(ben.page.get_by_role("status").get_by_text("Ada is writing in the shared notes.")).to_be_attached()
    await ben.press("Show")
    await expect(ben.textbox("Shared notes")).to_have_value("Ada the walrus\n\n")

    # Both at the same time, one at the beginning and one at the end.
    await ada.page.keyboard.press("Control+Home")
    await ben.textbox("Shared notes").press("Control+End")
    await asyncio.gather(
        ada.page.keyboard.type("from above ", delay=30), ben.page.keyboard.type("from below", delay=30)
    )
    both = "from above Ada the walrus\n\nfrom below"
    await expect(ada.textbox("Shared notes")).to_have_value(both)
    await expect(ben.textbox("Shared notes")).to_have_value(both)
    async with ben.page.expect_download() as saved:
        await ben.press("Markdown file")
    assert (await (await saved.value).path()).read_text() == both
    await ben.press("Close panel")


async def draw_together(ada: Visitor, ben: Visitor, cem: Visitor, code: str) -> None:
    board = await open_board(ada)
    await draw(ada, 0.3)
    await ben.press("Show")
    await sees_ink(ben, 0.3)
    await draw(ben, 0.7)
    await sees_ink(ada, 0.7)
    await board.get_by_role("button", name="Add a note").click()
    await ada.page.keyboard.type("Cake on Friday")
    words = ben.textbox("Words on the board")
    await expect(words).to_have_value("Cake on Friday")
    before = await words.bounding_box()
    await ada.page.get_by_role("button", name="Move", exact=True).focus()
    await ada.page.keyboard.press("Shift+ArrowRight")

    async def moved() -> None:
        after = await words.bounding_box()
        assert before
        assert after
        assert after["x"] > before["x"] + 5

    await eventually(moved)

    # Who comes later sees it all.
    await cem.join(code, send=Send.NOTHING)
    await open_board(cem)
    await sees_ink(cem, 0.3)
    await sees_ink(cem, 0.7)
    await expect(cem.textbox("Words on the board")).to_have_value("Cake on Friday")
    await expect(cem.button("Clear the board")).to_have_count(0)

    # One undoes one's own, and only the host clears, when asked once more.
    await ben.press("Undo")
    await sees_ink(cem, 0.7, there=False)
    await sees_ink(cem, 0.3)
    await ada.press("Clear the board")
    await ada.page.get_by_role("dialog").get_by_role("button", name="Clear the board").click()
    await sees_ink(cem, 0.3, there=False)
    await expect(cem.textbox("Words on the board")).to_have_count(0)


@pytest.mark.parametrize(
    ("theme", "viewport", "touch"),
    [("light", {"width": 1280, "height": 800}, False), ("dark", {"width": 390, "height": 844}, True)],
)
async def test_board_fits(theme: str, viewport: dict[str, int], touch: bool, arrive: Arrivals) -> None:  # noqa: FBT001 -- of the table
    screen = {"color_scheme": theme, "viewport": viewport, "has_touch": touch, "is_mobile": touch}
    _, (ada, _) = await arrive.meeting("Ada", "Ben", send=Send.NOTHING, screen=screen)
    board = await open_board(ada)
    await draw(ada, 0.6)
    await board.get_by_title("Marker").click()
    await board.get_by_title("Orange").click()
    await draw(ada, 0.7)
    await board.get_by_role("button", name="Add a note").click()
    await ada.page.keyboard.type("Cake on Friday")
    await ada.stands_still()
    await ada.shoot(f"board-{theme}")
    assert await ada.page.evaluate("recorder.outside()") == []
    await ada.press("Close whiteboard")
    await ada.press("More")
    await ada.press("Shared notes")
    await ada.textbox("Shared notes").fill("# Friday\n- cake\n- tea")
    await ada.stands_still()
    await ada.shoot(f"notes-{theme}")
    assert await ada.page.evaluate("recorder.outside()") == []
