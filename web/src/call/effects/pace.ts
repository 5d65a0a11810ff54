/** Milliseconds that a frame may take on average: less than ten of them in a second is no moving picture. */
export const FRAME_MILLISECONDS = 100
/** Milliseconds of being too slow after which one gives up: a busy moment is forgiven. */
export const PATIENCE = 5000
/** Share of the newest frame in the average. */
const NEWEST = 0.1

/** Whether an effect keeps up with the camera. */
export class Pace {
  #average: number | null = null
  #since: number | null = null

  /** A frame took so long; `now` on the same clock, in milliseconds. True when it has been too slow for too long. */
  exceeded(spent: number, now: number): boolean {
    this.#average = this.#average === null ? spent : this.#average + NEWEST * (spent - this.#average)
    if (this.#average <= FRAME_MILLISECONDS) {
      this.#since = null
      return false
    }
    this.#since ??= now
    return now - this.#since >= PATIENCE
  }
}
