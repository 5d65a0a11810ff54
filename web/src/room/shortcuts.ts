import type { CallModel } from '../call/model'
import { toggleFullScreen } from './fullscreen'
import type { RoomView } from './view.svelte'

/** What a key does, by the letter that is printed on it. */
const ACTIONS: Record<string, (call: CallModel, view: RoomView) => void> = {
  m: (call) => void call.local.setMicrophone(!call.local.microphone),
  v: (call) => void call.local.setCamera(!call.local.camera),
  h: (call) => call.raiseHand(typeof call.me?.hand !== 'number'),
  c: (_, view) => view.toggle('chat'),
  p: (_, view) => view.toggle('people'),
  f: () => void toggleFullScreen(),
  w: (_, view) => view.tellWhoSpeaks(),
  '?': (_, view) => (view.dialog = 'shortcuts'),
}

/** Keys count only while nothing is typed, chosen or asked. */
function busy(target: EventTarget | null): boolean {
  if (document.querySelector('dialog[open], [popover]:popover-open')) return true
  return target instanceof Element && target.closest('input, select, textarea, [contenteditable]') !== null
}

/** Handles a key press in the room. */
export function pressKey(event: KeyboardEvent, call: CallModel, view: RoomView): void {
  if (!view.keys || event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.defaultPrevented) return
  const action = ACTIONS[event.key.toLowerCase()]
  if (!action || busy(event.target)) return
  event.preventDefault()
  action(call, view)
}

/** The space bar belongs to what is pressed with it, and to everything that is typed into. */
const PRESSED = 'button, a, summary, [role="log"], audio, video'

/** Held while muted, the space bar lets one be heard: for who chose that in the settings. */
export class TalkKey {
  readonly #call: CallModel
  readonly #view: RoomView
  #held = false

  constructor(call: CallModel, view: RoomView) {
    this.#call = call
    this.#view = view
  }

  down(event: KeyboardEvent): void {
    if (event.key !== ' ' || !this.#view.pushToTalk || event.ctrlKey || event.metaKey || event.altKey) return
    if (busy(event.target) || (event.target instanceof Element && event.target.closest(PRESSED))) return
    // A page scrolls by it; and while it is held it comes again and again.
    event.preventDefault()
    if (this.#held || this.#call.local.microphone) return
    this.#held = true
    void this.#call.local.setMicrophone(true)
  }

  /** Let go of, or the window lost it: nobody stays audible by accident. */
  up(event?: KeyboardEvent): void {
    if (!this.#held || (event && event.key !== ' ')) return
    this.#held = false
    void this.#call.local.setMicrophone(false)
  }

  /** A press with the mouse leaves no button behind that the space bar would press next. */
  clicked(event: MouseEvent): void {
    if (!this.#view.pushToTalk || event.detail === 0) return
    if (event.target instanceof Element) event.target.closest<HTMLElement>('.controls button')?.blur()
  }
}
