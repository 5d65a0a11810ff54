/** One page of a list of the console, and what became of fetching it. */
import { Problem } from '../api/client'
import { fromCursor } from './place'
import { adminRequest } from './session.svelte'

interface Answer<Item> {
  items: Item[]
  next_cursor: string | null
}

/** A search may give empty pages: so many are asked for before somebody has to press a button. */
const MOST_EMPTY = 4

export class Lines<Item> {
  items = $state.raw<Item[]>([])
  state = $state<'loading' | 'ready' | 'failed'>('loading')
  problem = $state.raw<Problem | null>(null)
  next = $state<string | null>(null)
  #asked = 0

  /** Fetches a page; what is shown stays until it is there. */
  async load(path: string, asked: string, cursor: string | null): Promise<void> {
    const question = ++this.#asked
    this.state = 'loading'
    try {
      let answer = await adminRequest<Answer<Item>>(`${path}?${fromCursor(asked, cursor)}`)
      for (let empty = 0; answer.items.length === 0 && answer.next_cursor !== null && empty < MOST_EMPTY; empty += 1) {
        if (question !== this.#asked) return
        answer = await adminRequest<Answer<Item>>(`${path}?${fromCursor(asked, answer.next_cursor)}`)
      }
      if (question !== this.#asked) return
      this.items = answer.items
      this.next = answer.next_cursor
      this.problem = null
      this.state = 'ready'
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      if (question !== this.#asked) return
      this.problem = error
      this.state = 'failed'
    }
  }
}
