import type { CallModel } from '../../call/model'

/** Milliseconds before the end in which people say goodbye; the server's CLOSE_AFTER. */
const GOODBYE = 30_000
const STEP = 250

/** The time that breakout rooms have left, by the server's clock. For use in a component. */
export class TimeLeft {
  #now = $state(Date.now())
  readonly #ends: () => number | null

  constructor(call: CallModel) {
    this.#ends = () => {
      const at = call.room?.breakouts?.ends_at
      return at ? Date.parse(at) - call.ahead : null
    }
    $effect(() => {
      if (this.#ends() === null) return
      this.#now = Date.now()
      const timer = setInterval(() => (this.#now = Date.now()), STEP)
      return () => clearInterval(timer)
    })
  }

  /** Milliseconds; null where the rooms stay open until somebody closes them. */
  get left(): number | null {
    const ends = this.#ends()
    return ends === null ? null : Math.max(0, ends - this.#now)
  }

  get goodbye(): boolean {
    return this.left !== null && this.left <= GOODBYE
  }
}
