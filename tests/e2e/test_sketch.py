"""Drawing on a shared screen."""

from playwright.async_api import Locator, expect

from e2e.arrivals import Arrivals
from e2e.visitor import Send, Visitor
from e2e.waiting import eventually

APOSTROPHE = "\N{RIGHT SINGLE QUOTATION MARK}"
BY = "Drawn on the screen by: "
INKED = """(canvas, [x, y]) => {
    const { width, height } = canvas
    if (!width || !height) return false
    const { data } = canvas.getContext('2d').getImageData(x * width - 8, y * height - 8, 16, 16)
    return data.some((part, at) => at % 4 === 3 && part > 80)
}"""


def screen_of(visitor: Visitor, name: str | None) -> Locator:
    """The tile with somebody's screen; one's own without a name."""
    return visitor.tile(f"{name}{APOSTROPHE}s screen" if name else "Your screen")


async def begin(visitor: Visitor, name: str | None) -> None:
    """On the picture itself; whose own screen it is sees none before, and goes by the menu."""
    if name is None:
        await visitor.press("More")
        await visitor.page.locator("#menu-more").get_by_role("button", name="Draw on the screen").click()
    else:
        await screen_of(visitor, name).get_by_role("button", name="Draw on the screen").click()
    await expect(visitor.page.get_by_role("region", name="Draw on the screen")).to_be_visible()
    await expect(screen_of(visitor, name).locator("canvas")).to_be_visible()


async def picture_in(tile: Locator) -> dict[str, float]:
    """Where the picture is within its tile, by the video's own letterbox and not by what lies over it."""
    found: dict[str, float] = await tile.locator("video").evaluate(
        """(video) => {
            const box = video.getBoundingClientRect()
            const scale = Math.min(box.width / video.videoWidth, box.height / video.videoHeight)
            const [width, height] = [video.videoWidth * scale, video.videoHeight * scale]
            return {x: box.x + (box.width - width) / 2, y: box.y + (box.height - height) / 2, width, height}
        }"""
    )
    return found


async def draw(visitor: Visitor, name: str | None, y: float) -> None:
    """A line at this height of the picture, from 30 to 70 of a hundred."""
    await visitor.stands_still()
    box = await picture_in(screen_of(visitor, name))
    mouse = visitor.page.mouse
    await mouse.move(box["x"] + box["width"] * 0.3, box["y"] + box["height"] * y)
    await mouse.down()
    await mouse.move(box["x"] + box["width"] * 0.7, box["y"] + box["height"] * y, steps=12)
    await mouse.up()


async def sees_ink(visitor: Visitor, name: str | None, y: float, *, there: bool = True) -> None:
    canvas = screen_of(visitor, name).locator("canvas")

    async def check() -> None:
        if not there and await canvas.count() == 0:
            return
        assert await canvas.evaluate(INKED, [0.5, y]) is there, f"ink at {y} for {visitor.name}"
        # The lines lie exactly on the picture.
        over, under = await canvas.bounding_box(), await picture_in(screen_of(visitor, name))
        assert over
        assert abs(over["x"] - under["x"]) < 2
        assert abs(over["y"] - under["y"]) < 2
        assert abs(over["width"] - under["width"]) < 2
        assert abs(over["height"] - under["height"]) < 2

    await eventually(check)


async def test_people_draw_on_a_shared_screen(arrive: Arrivals) -> None:
    _, (ada, ben) = await arrive.meeting(
        "Ada", "Ben", send=Send.NOTHING, screen={"viewport": {"width": 1280, "height": 800}}
    )
    # Of another shape, so that the letterbox of the picture is another one.
    await ben.page.set_viewport_size({"width": 700, "height": 820})
    await ada.press("Share screen")
    await ben.sees_screen_of("Ada")

    await begin(ben, "Ada")
    await draw(ben, "Ada", 0.3)
    await sees_ink(ben, "Ada", 0.3)
    # Who shares sees their own screen now, with what was drawn on it and by whom.
    await sees_ink(ada, None, 0.3)
    await expect(screen_of(ada, None).get_by_role("img", name=f"{BY}Ben")).to_be_visible()
    await sees_ink(ada, None, 0.7, there=False)
    await ben.shoot("sketch-guest")

    await begin(ada, None)
    await ada.sees("You see the lines here, not in your other windows.")
    await draw(ada, None, 0.7)
    await sees_ink(ben, "Ada", 0.7)
    # Whoever comes later sees it all.
    cem = await arrive("Cem")
    await cem.join(await ada.page.evaluate("location.pathname.split('/').at(-1)"), send=Send.NOTHING)
    await cem.sees_screen_of("Ada")
    await sees_ink(cem, "Ada", 0.3)
    await sees_ink(cem, "Ada", 0.7)
    await cem.close()

    # One takes back one's own; who shares decides whether others draw, and clears all.
    await ben.press("Undo")
    await sees_ink(ada, None, 0.3, there=False)
    await draw(ben, "Ada", 0.5)
    await sees_ink(ada, None, 0.5)
    await ada.page.get_by_role("switch", name="Others may draw").click()
    await ben.sees("Only Ada can draw here now.")
    await draw(ben, "Ada", 0.15)
    await draw(ada, None, 0.85)
    await sees_ink(ben, "Ada", 0.85)
    await sees_ink(ben, "Ada", 0.15, there=False)
    await sees_ink(ada, None, 0.15, there=False)
    await ada.press("Clear all")
    for height in (0.5, 0.7, 0.85):
        await sees_ink(ben, "Ada", height, there=False)

    # It goes with the share.
    await draw(ada, None, 0.4)
    await sees_ink(ben, "Ada", 0.4)
    await ada.press("Stop sharing")
    await expect(ben.page.get_by_role("region", name="Draw on the screen")).to_have_count(0)
    await ada.press("Share screen")
    await ben.sees_screen_of("Ada")
    await sees_ink(ben, "Ada", 0.4, there=False)
    await expect(screen_of(ada, None)).to_have_count(0)


async def test_drawing_fits_and_is_chosen_by_keyboard(arrive: Arrivals) -> None:
    _, (ada, ben) = await arrive.meeting(
        "Ada", "Ben", send=Send.NOTHING, screen={"viewport": {"width": 1280, "height": 800}}
    )
    await ada.press("Share screen")
    await ben.sees_screen_of("Ada")
    await ben.page.emulate_media(color_scheme="dark")
    await ben.page.set_viewport_size({"width": 390, "height": 844})
    await begin(ben, "Ada")
    await expect(ben.page.get_by_role("heading", name="Draw on the screen")).to_be_focused()
    await ben.page.keyboard.press("Tab")
    await expect(ben.page.get_by_role("radio", name="Pen")).to_be_focused()
    await ben.page.keyboard.press("ArrowRight")
    await expect(ben.page.get_by_role("radio", name="Marker")).to_be_checked()
    await draw(ben, "Ada", 0.6)
    await sees_ink(ada, None, 0.6)
    await begin(ada, None)
    await draw(ada, None, 0.3)
    await ada.shoot("sketch-own")
    await ben.stands_still()
    await ben.shoot("sketch-phone")
    for person in (ada, ben):
        assert await person.page.evaluate("recorder.outside()") == []
    await ben.page.keyboard.press("Control+z")
    await sees_ink(ada, None, 0.6, there=False)
    await ben.page.keyboard.press("Escape")
    await expect(ben.page.get_by_role("region", name="Draw on the screen")).to_have_count(0)
    await expect(ben.button("More")).to_be_focused()
