/** Milliseconds that the room is held back at most. */
const LONGEST = 150

/**
 * Holds the room back until a newcomer's answers are out. Drawing it takes as long as the network needs to connect: so
 * both run side by side instead of one after the other.
 */
export class Curtain {
  #expected = 0
  #timer: ReturnType<typeof setTimeout> | null = null
  #open: () => void = () => undefined

  /** Calls `open` after so many answers, or soon anyway; at once when none is expected. */
  draw(answers: number, open: () => void): void {
    this.drop()
    if (answers <= 0) {
      open()
      return
    }
    this.#expected = answers
    this.#open = open
    this.#timer = setTimeout(() => this.#lift(), LONGEST)
  }

  answered(): void {
    if (this.#timer && --this.#expected <= 0) this.#lift()
  }

  /** Forgets what was to be opened. */
  drop(): void {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
  }

  #lift(): void {
    this.drop()
    this.#open()
  }
}
