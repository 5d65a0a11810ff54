/** Milliseconds. */
const AGAIN = 3000

/** A part of the page that is fetched when it is asked for, again and again while the server is away. */
export class Later<Part> {
  there = $state.raw<Part | null>(null)
  failed = $state(false)
  readonly #fetch: () => Promise<Part>
  #begun = false
  #again: ReturnType<typeof setTimeout> | undefined

  constructor(fetch: () => Promise<Part>) {
    this.#fetch = fetch
  }

  load(): void {
    if (this.#begun) return
    this.#begun = true
    this.#fetch().then(
      (part) => {
        this.there = part
        this.failed = false
      },
      () => {
        this.failed = true
        this.#again = setTimeout(() => {
          this.#begun = false
          this.load()
        }, AGAIN)
      },
    )
  }

  stop(): void {
    clearTimeout(this.#again)
  }
}
