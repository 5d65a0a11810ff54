/** A small window that stays above all others, while one works in something else. */
import { mount, unmount } from 'svelte'
import type { CallModel } from '../../call/model'
import type { RoomView } from '../view.svelte'
import Small from './Small.svelte'
import { smallTile } from './tile'

/** https://wicg.github.io/document-picture-in-picture/ */
interface DocumentPictureInPicture {
  readonly window: Window | null
  requestWindow(options: { width: number; height: number }): Promise<Window>
}

const SIZE = { width: 360, height: 300 }

/** Opens the window, or closes the one that is open. To be called in answer to a press. */
export async function toggleSmall(call: CallModel, view: RoomView): Promise<void> {
  const whole = (window as { documentPictureInPicture?: DocumentPictureInPicture }).documentPictureInPicture
  try {
    if (whole?.window) whole.window.close()
    else if (whole) fill(await whole.requestWindow(SIZE), call, view)
    else await togglePicture(call, view)
  } catch {
    // Refused by the browser or the system: the meeting is where it was.
  }
}

function fill(small: Window, call: CallModel, view: RoomView): void {
  const page = small.document
  for (const { name, value } of document.documentElement.attributes) page.documentElement.setAttribute(name, value)
  page.title = document.title
  // The policy allows files of this site and nothing else: the new page takes the same ones. Without server they are <style>.
  for (const style of document.querySelectorAll('link[rel="stylesheet"], style'))
    page.head.append(style.cloneNode(true))
  const component = mount(Small, { target: page.body, props: { call, view, small } })
  small.addEventListener('pagehide', () => {
    view.small = null
    void unmount(component)
  })
}

/** Safari has it for one picture only, without buttons of ours. */
async function togglePicture(call: CallModel, view: RoomView): Promise<void> {
  const tile = smallTile(call, view)
  const source = tile?.source === 'screen' ? '[data-screen]' : ':not([data-screen])'
  const person = CSS.escape(tile?.participant.id ?? '')
  const video = document.querySelector<HTMLVideoElement>(`video[data-participant="${person}"]${source}`)
  if (document.pictureInPictureElement) await document.exitPictureInPicture()
  else await video?.requestPictureInPicture()
}
