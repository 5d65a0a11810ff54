import type { Attachment } from 'svelte/attachments'

const IDLE_MS = 5000

/**
 * Fingers only: after a while without a touch the controls may go, and a tap brings them back. With a mouse or a keyboard
 * nothing ever hides.
 */
export class Idle {
  idle = $state(false)
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor() {
    if (matchMedia('(hover: none)').matches) this.#wait()
  }

  /** Something was touched that is no control. */
  touch(event: PointerEvent): void {
    if (event.pointerType !== 'touch') return
    if (event.target instanceof Element && event.target.closest('button, a, input, select, textarea')) return
    this.idle = !this.idle
    this.#wait()
  }

  /** A tap where hidden controls are only brings them back: nobody presses what they cannot see. */
  guard(hidden: () => boolean): Attachment<HTMLElement> {
    return (controls) => {
      let blind = false
      const down = (event: PointerEvent) => {
        blind = hidden() && event.pointerType === 'touch'
        this.#wake()
      }
      const click = (event: Event) => {
        if (blind) {
          event.preventDefault()
          event.stopPropagation()
        }
        blind = false
      }
      controls.addEventListener('pointerdown', down, { capture: true })
      controls.addEventListener('click', click, { capture: true })
      return () => {
        controls.removeEventListener('pointerdown', down, { capture: true })
        controls.removeEventListener('click', click, { capture: true })
      }
    }
  }

  stop(): void {
    clearTimeout(this.#timer)
  }

  #wake(): void {
    this.idle = false
    this.#wait()
  }

  #wait(): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => (this.idle = true), IDLE_MS)
  }
}
