/** Sound that the browser plays only after a click. */
export class Sound {
  blocked = $state(false)
  #held: (() => Promise<void>)[] = []

  /** Keeps how to try again; true when this is the first that was held back. */
  hold(play: () => Promise<void>): boolean {
    this.#held.push(play)
    const first = !this.blocked
    this.blocked = true
    return first
  }

  /** To be called from a click. */
  allow(): void {
    this.blocked = false
    // Whose element has gone meanwhile has nothing to play.
    for (const play of this.#held.splice(0)) play().catch(() => undefined)
  }
}
