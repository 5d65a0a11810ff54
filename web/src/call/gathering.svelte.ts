import type { Links } from './together/links'
import type { Together } from './together/together'

/** Of everybody together, until the code that reads it is there. */
const MOST_WAITING = 500

/** The door to what people do together: its code is fetched when somebody here, or there, uses it. */
export class Gathering {
  now = $state.raw<Together | null>(null)
  readonly #links: Links
  #loading: Promise<Together> | null = null
  #waiting: [string, unknown][] = []
  #over = false

  constructor(links: Links) {
    this.#links = links
  }

  /** Fails where the code cannot be fetched; the next call tries again. */
  load(): Promise<Together> {
    this.#loading ??= import('./together/together').then(
      ({ Together }) => {
        const together = new Together(this.#links)
        for (const [from, raw] of this.#waiting.splice(0)) together.heard(from, raw)
        if (this.#over) together.close()
        this.now = together
        return together
      },
      (error: unknown) => {
        this.#loading = null
        throw error
      },
    )
    return this.#loading
  }

  heard(from: string, raw: unknown): void {
    if (this.now) {
      this.now.heard(from, raw)
      return
    }
    if (this.#waiting.length < MOST_WAITING) this.#waiting.push([from, raw])
    // While the server is away: the next message tries again.
    this.load().catch(() => undefined)
  }

  met(id: string): void {
    this.now?.met(id)
  }

  channel(from: string, channel: RTCDataChannel): void {
    if (this.now) this.now.files.asked(from, channel)
    else channel.close()
  }

  follow(): void {
    this.now?.follow()
  }

  /** One goes into another breakout room: what one offered, asked or recorded in this one ends here. */
  part(): void {
    this.now?.close()
    this.now = this.#loading = null
    this.#waiting = []
  }

  close(): void {
    this.#over = true
    this.now?.close()
  }
}
