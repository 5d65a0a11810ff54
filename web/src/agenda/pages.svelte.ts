/** A list that is fetched page by page, however long it is. */
import { Problem } from '../api/client'

export interface Page<Item> {
  items: Item[]
  next_cursor: string | null
}

/** Fetches the page from a cursor on; null is the first. */
export type FetchPage<Item> = (cursor: string | null) => Promise<Page<Item>>

/** A search may give empty pages: so many are asked for until something is shown. */
const MOST_EMPTY = 5

export class Pages<Item> {
  items = $state.raw<Item[]>([])
  /** `ready` once the first page is there; `more` while a further one is fetched. */
  state = $state<'loading' | 'ready' | 'more' | 'failed'>('loading')
  problem = $state.raw<Problem | null>(null)
  #cursor = $state<string | null>(null)
  #asked = 0

  constructor(private fetchPage: FetchPage<Item>) {}

  /** Whether there may be more than is shown. */
  get hasMore(): boolean {
    return this.#cursor !== null
  }

  /** Begins anew, with another question if there is one. What is shown stays until the answer is there. */
  async load(fetchPage: FetchPage<Item> = this.fetchPage): Promise<void> {
    this.fetchPage = fetchPage
    this.state = 'loading'
    await this.#fetch(null)
  }

  /** Fetches anew without a word: what is shown changes only if the answer is another one. */
  async refresh(): Promise<void> {
    if (this.state === 'ready' && this.items.length > 0 && this.#pagesShown > 1) return
    if (this.state === 'ready') await this.#fetch(null, true)
    else if (this.state === 'failed') await this.load()
  }

  /** The next page behind what is shown. */
  async showMore(): Promise<void> {
    if (this.#cursor === null || this.state !== 'ready') return
    this.state = 'more'
    await this.#fetch(this.#cursor)
  }

  /** Takes out what is gone, without asking. */
  drop(isGone: (item: Item) => boolean): void {
    this.items = this.items.filter((item) => !isGone(item))
  }

  #pagesShown = 0

  async #fetch(cursor: string | null, quietly = false): Promise<void> {
    const question = ++this.#asked
    try {
      let page = await this.fetchPage(cursor)
      let found = page.items
      for (let empty = 0; found.length === 0 && page.next_cursor !== null && empty < MOST_EMPTY; empty += 1) {
        if (question !== this.#asked) return
        page = await this.fetchPage(page.next_cursor)
        found = page.items
      }
      // Somebody typed on meanwhile: this is the answer to an older question.
      if (question !== this.#asked) return
      this.items = cursor === null ? found : [...this.items, ...found]
      this.#pagesShown = cursor === null ? 1 : this.#pagesShown + 1
      this.#cursor = page.next_cursor
      this.problem = null
      this.state = 'ready'
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      if (question !== this.#asked || quietly) return
      this.problem = error
      // What is shown already stays usable: only its next page is missing.
      this.state = cursor === null ? 'failed' : 'ready'
    }
  }
}
