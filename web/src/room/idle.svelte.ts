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

  stop(): void {
    clearTimeout(this.#timer)
  }

  #wait(): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => (this.idle = true), IDLE_MS)
  }
}
