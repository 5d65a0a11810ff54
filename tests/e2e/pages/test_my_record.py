import json

from playwright.async_api import expect

from e2e.arrivals import Arrivals
from e2e.visitor import Send


async def test_a_guest_finds_exports_and_erases_their_record_from_the_exit_page(arrive: Arrivals) -> None:
    meeting, (ada, ben) = await arrive.meeting("Ada", "Ben", send=Send.NOTHING)
    await ben.press("Leave")
    await ben.page.get_by_role("link", name="What was kept about me").click()
    await ben.sees("What was kept about you")
    async with ben.page.expect_download() as downloading:
        await ben.page.get_by_role("link", name="Download (JSON)").click()
    record = json.loads((await (await downloading.value).path()).read_text())
    assert (record["name"], record["meeting"]["code"], len(record["visits"])) == ("Ben", meeting["code"], 1)
    await ben.stands_still()
    await ben.shoot("my-record")
    await ben.press("Erase my name")
    await ben.page.get_by_role("dialog").get_by_role("button", name="Erase my name").click()
    await ben.sees("Your name has been erased")
    await expect(ada.page.get_by_role("status").filter(has_text="Ben")).to_have_count(0)
    await ben.page.goto("about:blank")
    await ben.open("/my-record#code=abc-defg-hjk&token=wrong")
    await ben.sees("This link does not work")
    ben.trouble = [one for one in ben.trouble if "401" not in one and "404" not in one]
