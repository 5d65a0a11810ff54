/** Milliseconds that the room is held back at most. */
const LONGEST = 200

/**
 * Holds the room back until a newcomer's browser has begun to look for ways to the others. Drawing the room keeps the page
 * busy for as long as the network needs to connect; drawn too early it holds up the search, drawn later both go on side by
 * side.
 */
export class Curtain {
  #timer: ReturnType<typeof setTimeout> | null = null
  #open: () => void = () => undefined

  /** Calls `open` when it is lifted, or soon anyway. */
  draw(open: () => void): void {
    this.drop()
    this.#open = open
    this.#timer = setTimeout(() => this.lift(), LONGEST)
  }

  /** Calls what waits behind it, if anything does. */
  lift(): void {
    if (!this.#timer) return
    this.drop()
    this.#open()
  }

  /** Forgets what was to be opened. */
  drop(): void {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
  }
}
