"""What three people do together in one call, from the first word to the last file."""

import os
import re
from pathlib import Path

from playwright.async_api import expect

from e2e.arrivals import Arrivals
from e2e.site_process import SiteProcess
from e2e.visitor import Send, Visitor
from e2e.waiting import eventually

# The first channel for a file breaks in the middle of it.
BREAK = """() => {
  const create = RTCPeerConnection.prototype.createDataChannel
  window.fileChannels = []
  RTCPeerConnection.prototype.createDataChannel = function (label, ...rest) {
    const channel = create.call(this, label, ...rest)
    if (label !== 'file') return channel
    const heard = { from: null, pieces: 0 }
    const send = channel.send
    channel.send = (data) => {
      heard.from ??= JSON.parse(data).from
      send.call(channel, data)
    }
    channel.addEventListener('message', () => {
      if (++heard.pieces === 40 && fileChannels.length === 1) channel.close()
    })
    fileChannels.push(heard)
    return channel
  }
}"""


async def test_three_people_talk_and_share(arrive: Arrivals, site: SiteProcess, tmp_path: Path) -> None:
    meeting, (ada, ben, cem) = await arrive.meeting("Ada", "Ben", "Cem", send=Send.NOTHING)
    await whisper_and_answer(ada, ben, cem)
    await ask_everybody(ada, ben, cem)
    walrus = tmp_path / "walrus.bin"
    content = b"walrus" + os.urandom(8 * 1024 * 1024)
    walrus.write_bytes(content)
    await hand_out(walrus, content, ada, ben)
    await lead(ada, ben, cem)
    await push_to_talk(ben, ada)

    # Who comes later sees what is offered and asked, and nothing of what was said.
    await cem.join(meeting["code"], send=Send.NOTHING)
    await cem.press("Chat")
    late = cem.page.get_by_role("log", name="Messages")
    await expect(late.get_by_text("2 people voted")).to_be_visible()
    await expect(late.get_by_text("walrus for all")).to_have_count(0)
    await expect(cem.page.get_by_role("timer")).to_be_visible()
    await ada.press("Chat")
    await ada.press("Stop offering: walrus.bin")
    await expect(late.get_by_text("No longer offered.")).to_be_visible()

    for person in (ada, ben, cem):
        assert not [frame for frame in person.sent + person.received + person.posted if "walrus" in frame]
    kept = [path.name for path in site.folder.rglob("*") if path.is_file() and b"walrus" in path.read_bytes()]
    assert kept == []


async def whisper_and_answer(ada: Visitor, ben: Visitor, cem: Visitor) -> None:
    """A private message reaches one person, is marked on both sides, and is answered between the two."""
    log = {person: person.page.get_by_role("log", name="Messages") for person in (ada, ben, cem)}
    await ada.press("Chat")
    await cem.press("Chat")
    await ada.says("walrus for all\non two lines")
    await ada.page.get_by_role("combobox", name="To").select_option("Ben")
    await ada.says("a walrus for Ben")
    await expect(log[ada].get_by_text("Only you and Ben see this")).to_be_visible()

    await expect(ben.page.get_by_text("Ada, to you alone: a walrus for Ben")).to_be_visible()
    await expect(ben.button("Chat")).to_have_accessible_description("2 unread messages")
    await ben.press("Chat")
    await expect(log[ben].get_by_text("Only you and Ada see this")).to_be_visible()
    whispered = log[ben].get_by_role("article").filter(has_text="a walrus for Ben")
    await whispered.hover()
    await whispered.get_by_role("button", name="Reply").click()
    await ben.says("a quiet walrus back")
    answer = log[ada].get_by_role("article").filter(has_text="a quiet walrus back")
    await expect(answer.get_by_role("blockquote")).to_have_text("You a walrus for Ben")

    await cem.press("Emoji")
    await cem.press("👍")
    await expect(cem.textbox("Write a message")).to_have_value("👍")
    await cem.page.keyboard.press("Enter")
    await expect(log[ben].get_by_text("👍")).to_be_visible()
    await expect(log[cem].get_by_text("walrus")).to_have_count(1)
    await ada.shoot("together-chat")


async def ask_everybody(ada: Visitor, ben: Visitor, cem: Visitor) -> None:
    """The host asks, by keyboard too; each counts once, and everybody sees how it stands."""
    await expect(ben.button("Poll")).to_have_count(0)
    await ada.press("Poll")
    await ada.textbox("Question").fill("Which cake?")
    await ada.textbox("Choice 1").fill("Apple")
    await ada.textbox("Choice 2").fill("Plum")
    await ada.page.get_by_role("switch", name="Show who chose what").check()
    await ada.press("Ask everybody")
    for person, choice in ((ben, "Apple"), (cem, "Plum")):
        asked = person.page.get_by_role("group", name="Which cake?")
        await asked.get_by_role("radio", name=choice).check()
        await person.press("Vote")
        await expect(asked.get_by_role("radio")).to_have_count(0)
    await expect(ada.page.get_by_text("2 people voted")).to_be_visible()
    await ben.press("Choose anew")
    await ben.page.get_by_role("radio", name="Plum").focus()
    await ben.page.keyboard.press("Space")
    await ben.press("Vote")
    await expect(cem.page.get_by_role("listitem").filter(has_text="Plum")).to_contain_text("Ben, Cem")
    await cem.shoot("together-poll")


async def hand_out(file: Path, content: bytes, ada: Visitor, ben: Visitor) -> None:
    """A file is fetched by a press, and goes on where it was when its way broke."""
    await ben.page.evaluate(BREAK)
    await ada.page.get_by_role("combobox", name="To").select_option("Everybody")
    await ada.page.locator("#panel-chat input[type=file]").set_input_files(file)
    await expect(ben.page.get_by_text("BIN · 8.4 MB")).to_be_visible()
    async with ben.page.expect_download() as download:
        await ben.press(f"Download: {file.name}")
    got = await (await download.value).path()
    assert got.read_bytes() == content
    first, second = await ben.page.evaluate("fileChannels.map(({ from }) => from)")
    assert first == 0
    assert second > 0
    await expect(ada.page.get_by_text("Ben has it")).to_be_visible()
    await ben.shoot("together-file")


async def lead(ada: Visitor, ben: Visitor, cem: Visitor) -> None:
    """The host makes pictures large for everybody, two at once, and sets a time that all see."""

    async def widths(person: Visitor, *names: str) -> list[float]:
        boxes = [await person.tile(name).bounding_box() for name in names]
        return [box["width"] if box else 0 for box in boxes]

    await ada.press("People")
    for name in ("Ben", "Cem"):
        await ada.press(f"More for {name}")
        await ada.press(f"Pin {name} for everybody")
    await ben.press("Close panel")

    async def large() -> None:
        you, host, other = await widths(ben, "You", "Ada", "Cem")
        assert abs(you - other) < 2
        assert you > 1.4 * host

    await eventually(large)
    await ben.shoot("together-pins")
    await ada.press("More")
    await ada.press("Timer")
    await ada.press("5 minutes")
    for person in (ada, ben, cem):
        await expect(person.page.get_by_role("timer")).to_have_text(re.compile("4:5|5:00"))


async def push_to_talk(ben: Visitor, ada: Visitor) -> None:
    """Heard while the space bar is held, and not while one types."""
    await ben.press("More")
    await ben.press("Camera and sound")
    await ben.page.get_by_role("switch", name="Push to talk").check()
    await ben.page.keyboard.press("Escape")
    await ben.page.locator("body").click(position={"x": 5, "y": 5})
    await ben.page.keyboard.down("Space")
    await ada.sees_tile("Ben", without="Microphone off")
    await ben.page.keyboard.up("Space")
    await ada.sees_tile("Ben", "Microphone off")


async def test_who_records_is_shown_on_every_screen_before_and_while(arrive: Arrivals) -> None:
    _, (ada, ben) = await arrive.meeting("Ada", "Ben", send=Send.SOUND)
    await ada.page.evaluate("delete window.showSaveFilePicker")
    await ada.press("More")
    await ada.press("Record")
    await ada.press("Tell everybody and record")
    await expect(ben.page.get_by_text("Ada records", exact=True)).to_be_visible()
    await ben.shoot("together-recording")
    await ada.shoot("together-recording-own")
    async with ada.page.expect_download() as download:
        await ada.press("Stop recording")
    await expect(ben.page.get_by_text("Ada records", exact=True)).to_have_count(0)
    assert (await download.value).suggested_filename.endswith((".webm", ".mp4"))
