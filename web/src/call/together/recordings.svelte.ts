/** Who records. A recording begins when everybody who is here has been shown that, and each page shows it for as long as it lasts. */
import type { Participant } from '../../api/types'
import type { Links, Part } from './links'
import { pause } from './pause'
import type { Message } from './wire'

/** What writes a recording down; `stop` ends when all of it is kept. */
export interface Recorder {
  start(): void
  stop(): Promise<void>
}

/** Milliseconds in which a page has to show it. */
const MOST_ANSWER = 8000
const KEY = 'recording'

/** See the head of this file. */
export class Recordings implements Part {
  /** Everybody else who records now. */
  others = $state.raw<readonly { id: string; name: string; session: string }[]>([])
  /** What this page does. */
  own = $state<'off' | 'announcing' | 'on'>('off')
  /** Names of those who could not be told: then nothing is recorded. */
  untold = $state.raw<readonly string[]>([])
  readonly #links: Links
  #waiting: readonly string[] = []
  #told: () => void = () => undefined
  #recorder: Recorder | null = null
  #over = false

  constructor(links: Links) {
    this.#links = links
  }

  /** Tells everybody, and then records; false when somebody could not be told. */
  async begin(recorder: Recorder): Promise<boolean> {
    if (this.own !== 'off') return false
    this.own = 'announcing'
    this.untold = []
    const all = new Promise<void>((resolve) => (this.#told = resolve))
    this.#waiting = this.#links.others()
    this.#links.send({ type: 'recording', id: KEY, on: true })
    if (this.#waiting.length > 0) await Promise.race([all, pause(MOST_ANSWER)])
    const here = this.#waiting.flatMap((id) => this.#links.person(id)?.name ?? [])
    if (this.#over) return false
    if (here.length > 0) {
      this.untold = here
      this.#sayOver()
      return false
    }
    this.#recorder = recorder
    this.own = 'on'
    recorder.start()
    return true
  }

  async end(): Promise<void> {
    const recorder = this.#recorder
    this.#recorder = null
    await recorder?.stop()
    if (this.own !== 'off') this.#sayOver()
  }

  heard(from: Participant, message: Message): void {
    if (message.type === 'noticed') {
      this.#waiting = this.#waiting.filter((id) => id !== from.id)
      if (this.#waiting.length === 0) this.#told()
    }
    if (message.type !== 'recording') return
    const { id, name, session } = from
    const known = this.others.some((other) => other.id === id)
    const rest = this.others.filter((other) => other.id !== id)
    this.others = message.on ? [...rest, { id, name, session }] : rest
    if (known !== message.on) this.#links.tell({ kind: message.on ? 'recording' : 'recording_over', name })
    if (message.on) this.#links.send({ type: 'noticed', id: KEY }, id)
  }

  met(id: string): void {
    if (this.own !== 'off') this.#links.send({ type: 'recording', id: KEY, on: true }, id)
  }

  follow(): void {
    const still = this.others.filter(({ id, session }) => this.#links.person(id)?.session === session)
    if (still.length < this.others.length) this.others = still
  }

  close(): void {
    this.#over = true
    void this.end()
  }

  #sayOver(): void {
    this.own = 'off'
    this.#links.send({ type: 'recording', id: KEY, on: false })
  }
}
