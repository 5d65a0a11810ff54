/** Fingers, pens and mice on the board: one draws, two move and zoom. */
import type { Attachment } from 'svelte/attachments'

/** A place in CSS pixels from the corner, with the pressure from 0 to 1. */
export interface Touch {
  x: number
  y: number
  pressure: number
  /** The pressure was measured. */
  pressed: boolean
}

export interface HandActions {
  begin(at: Touch): void
  go(places: Touch[]): void
  /** The line is finished; or, where it turned out to be the first of two fingers, was none. */
  end(meant: boolean): void
  /** Moved by so much, and grown by a factor around a place. */
  move(by: { x: number; y: number }, grown: number, around: { x: number; y: number }): void
}

/** See the head of this file. */
export function hand(actions: HandActions): Attachment<HTMLElement> {
  return (surface) => {
    const down = new Map<number, { x: number; y: number }>()
    let drawing: number | null = null

    const placeOf = (event: PointerEvent): Touch => {
      const { left, top } = surface.getBoundingClientRect()
      const pressed = event.pointerType === 'pen'
      return { x: event.clientX - left, y: event.clientY - top, pressure: pressed ? event.pressure : 0.5, pressed }
    }
    const pressedDown = (event: PointerEvent) => {
      if (event.button !== 0) return
      event.preventDefault()
      surface.setPointerCapture(event.pointerId)
      const at = placeOf(event)
      down.set(event.pointerId, at)
      if (down.size === 1) {
        drawing = event.pointerId
        actions.begin(at)
      } else if (drawing !== null) {
        drawing = null
        actions.end(false)
      }
    }
    const moved = (event: PointerEvent) => {
      const before = down.get(event.pointerId)
      if (!before) return
      const at = placeOf(event)
      if (event.pointerId === drawing) {
        const all = event.getCoalescedEvents().map(placeOf)
        actions.go(all.length > 0 ? all : [at])
      } else if (down.size === 2) {
        const [other] = [...down].flatMap(([id, place]) => (id === event.pointerId ? [] : [place]))
        if (other) pinch(before, at, other)
      }
      down.set(event.pointerId, at)
    }
    const pinch = (before: { x: number; y: number }, at: { x: number; y: number }, other: { x: number; y: number }) => {
      const apart = (place: { x: number; y: number }) => Math.max(20, Math.hypot(place.x - other.x, place.y - other.y))
      const by = { x: (at.x - before.x) / 2, y: (at.y - before.y) / 2 }
      actions.move(by, apart(at) / apart(before), { x: (at.x + other.x) / 2, y: (at.y + other.y) / 2 })
    }
    const lifted = (event: PointerEvent) => {
      down.delete(event.pointerId)
      if (event.pointerId !== drawing) return
      drawing = null
      actions.end(true)
    }
    const wheel = (event: WheelEvent) => {
      event.preventDefault()
      const { left, top } = surface.getBoundingClientRect()
      const around = { x: event.clientX - left, y: event.clientY - top }
      // Two fingers on a touchpad that go apart come as a wheel with Ctrl.
      if (event.ctrlKey) actions.move({ x: 0, y: 0 }, Math.exp(-event.deltaY / 200), around)
      else actions.move({ x: -event.deltaX, y: -event.deltaY }, 1, around)
    }

    const listening = new AbortController()
    const { signal } = listening
    surface.addEventListener('pointerdown', pressedDown, { signal })
    surface.addEventListener('pointermove', moved, { signal })
    surface.addEventListener('pointerup', lifted, { signal })
    surface.addEventListener('pointercancel', lifted, { signal })
    surface.addEventListener('wheel', wheel, { signal, passive: false })
    return () => listening.abort()
  }
}
