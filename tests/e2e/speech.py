"""A stand-in for the recogniser of speech in a browser, which Debian's Chromium has not got.

`hear(words, done)` on the page is what it then hears; `ears` are those that listen.
"""

from e2e.visitor import Visitor

RECOGNISER = """
window.ears = new Set()
window.webkitSpeechRecognition = undefined
window.SpeechRecognition = class {
  static available = async ({ processLocally }) => (processLocally ? 'available' : 'unavailable')
  start(track) {
    if (this.processLocally && track.kind === 'audio') ears.add(this)
  }
  abort() {
    if (ears.delete(this)) this.onend?.()
  }
}
window.hear = (transcript, isFinal) => {
  for (const ear of ears) ear.onresult({ resultIndex: 0, results: [{ isFinal, 0: { transcript } }] })
}
"""


async def can_be_captioned(visitor: Visitor) -> Visitor:
    await visitor.page.add_init_script(RECOGNISER)
    return visitor
