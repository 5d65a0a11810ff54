/** What people say, as text: made by the speaker's own browser when somebody reads it, and sent from browser to browser. */
import type { Participant } from '../../api/types'
import type { Links, Part } from './links'
import { MOST_CAPTION, type Message } from './wire'

/** Words of one breath, from somebody else or from here. */
export interface Caption {
  key: string
  name: string
  mine: boolean
  text: string
  /** Nothing of it changes any more. */
  done: boolean
  /** Milliseconds since 1970. */
  until: number
}

/** Milliseconds for which words stay. */
export const LINGER = 8000
/** What is still being said is sent so often at most, in milliseconds. */
export const PAUSE = 250
const MOST_LINES = 3
const KEY = 'captions'

/** See the head of this file. */
export class Captions implements Part {
  /** Whether this page shows them. */
  on = $state(false)
  /** What was said just now, oldest first. */
  lines = $state.raw<readonly Caption[]>([])
  #readers = $state.raw<readonly Pick<Participant, 'id' | 'session'>[]>([])
  /** Somebody else reads what is said here. */
  readonly read = $derived(this.#readers.length > 0)
  readonly #links: Links
  #breath = 0
  #sent = 0

  constructor(links: Links) {
    this.#links = links
  }

  toggle(): void {
    this.on = !this.on
    if (!this.on) this.lines = []
    this.#links.send({ type: 'captions', id: KEY, on: this.on })
  }

  /** What was heard of who sits here, so far; `done` where a breath ends. */
  say(words: string, done: boolean): void {
    const me = this.#links.me()
    const text = words.trim().slice(-MOST_CAPTION)
    const now = Date.now()
    if (!me || text === '' || (!done && now - this.#sent < PAUSE)) return
    this.#sent = now
    const id = `breath-${this.#breath}`
    if (done) this.#breath++
    if (this.on) this.#show({ key: `${me.id}/${id}`, name: me.name, mine: true, text, done })
    for (const reader of this.#readers) this.#links.send({ type: 'caption', id, text, done }, reader.id)
  }

  heard({ id, session, name }: Participant, message: Message): void {
    if (message.type === 'captions') {
      const rest = this.#readers.filter((reader) => reader.id !== id)
      this.#readers = message.on ? [...rest, { id, session }] : rest
    } else if (message.type === 'caption' && this.on) {
      const { text, done } = message
      this.#show({ key: `${id}/${message.id}`, name, mine: false, text, done })
    }
  }

  met(id: string): void {
    if (this.on) this.#links.send({ type: 'captions', id: KEY, on: true }, id)
  }

  follow(): void {
    const still = this.#readers.filter(({ id, session }) => this.#links.person(id)?.session === session)
    if (still.length < this.#readers.length) this.#readers = still
  }

  close(): void {
    this.on = false
    this.lines = []
    this.#readers = []
  }

  #show(caption: Omit<Caption, 'until'>): void {
    const line = { ...caption, until: Date.now() + LINGER }
    const known = this.lines.some(({ key }) => key === line.key)
    const lines = known ? this.lines.map((one) => (one.key === line.key ? line : one)) : [...this.lines, line]
    this.lines = lines.slice(-MOST_LINES)
    setTimeout(() => (this.lines = this.lines.filter(({ until }) => until > Date.now())), LINGER)
  }
}
