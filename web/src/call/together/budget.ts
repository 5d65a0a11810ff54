/** So many at once, and so many a second from then on, for each person. */
export class Budget {
  readonly #burst: number
  readonly #refill: number
  readonly #left = new Map<string, { left: number; at: number }>()

  constructor(burst: number, refill: number) {
    this.#burst = burst
    this.#refill = refill
  }

  /** Whether one more of this person is within it. */
  take(id: string): boolean {
    const now = Date.now()
    const { left, at } = this.#left.get(id) ?? { left: this.#burst, at: now }
    const filled = Math.min(this.#burst, left + ((now - at) / 1000) * this.#refill)
    this.#left.set(id, { left: Math.max(0, filled - 1), at: now })
    return filled >= 1
  }
}
