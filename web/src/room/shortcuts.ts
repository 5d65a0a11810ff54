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
