import { Problem } from '../api/client'
import { wording } from './form'

/** Something that is done at once when it is chosen, and what became of it. */
export class Saving {
  busy = $state(false)
  done = $state(false)
  problem = $state<string | null>(null)
  #last: Promise<unknown> = Promise.resolve()

  /** Does this after what was begun before: of two choices, one after the other, none gets lost. */
  inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#last.then(work, work)
    this.#last = turn
    return turn
  }

  /** Does it, unless it is being done; resolves to what came of it, or to null. */
  async run<T>(work: () => Promise<T>): Promise<T | null> {
    if (this.busy) return null
    this.busy = true
    this.done = false
    this.problem = null
    try {
      const answer = await work()
      this.done = true
      return answer
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      this.problem = Object.values(error.errors)[0] ?? wording(error)
      return null
    } finally {
      this.busy = false
    }
  }
}
