/** What a host or co-host does for everybody's screen: pictures that are large for all, and a time that runs down. */
import type { Participant } from '../../api/types'
import type { Pin } from '../model'
import type { Links, Part } from './links'
import type { Message } from './wire'

/** A time that runs down, by this page's clock. */
export interface Countdown {
  /** Milliseconds since 1970. */
  until: number
  /** Milliseconds that it was set to. */
  of: number
}

/** One state for the room: whoever led last set it, and their page tells it to who comes later. */
const KEY = 'lead'

/** See the head of this file. */
export class Lead implements Part {
  pins = $state.raw<readonly Pin[]>([])
  countdown = $state.raw<Countdown | null>(null)
  readonly #links: Links
  /** Who set it, and on which page; null for this one. */
  #pinnedBy: { id: string; session: string } | null = null
  #timedBy: { id: string; session: string } | null = null

  constructor(links: Links) {
    this.#links = links
  }

  isPinned(id: string): boolean {
    return this.pins.some((pin) => pin.id === id)
  }

  /** Large for everybody, or no longer. */
  togglePin(id: string): void {
    const others = this.pins.filter((pin) => pin.id !== id)
    this.pins = this.isPinned(id) ? others : [...others, { id, source: 'camera' }]
    this.#pinnedBy = null
    this.#links.send({ type: 'spotlight', id: KEY, pins: this.pins })
  }

  /** Starts the time anew; null takes it away. Milliseconds. */
  setTime(of: number | null): void {
    this.countdown = of === null ? null : { until: Date.now() + of, of }
    this.#timedBy = null
    this.#links.send(this.#time())
  }

  heard({ id, session, role }: Participant, message: Message): void {
    if (role === 'guest') return
    if (message.type === 'spotlight') {
      this.pins = message.pins
      this.#pinnedBy = { id, session }
    } else if (message.type === 'time') {
      // What is left travels, not the hour: clocks of computers differ.
      this.countdown = message.left === null ? null : { until: Date.now() + message.left, of: message.of }
      this.#timedBy = { id, session }
    }
  }

  met(id: string): void {
    if (this.#links.me()?.role === 'guest') return
    if (this.pins.length > 0 && this.#pinnedBy === null) {
      this.#links.send({ type: 'spotlight', id: KEY, pins: this.pins }, id)
    }
    if (this.countdown && this.#timedBy === null) this.#links.send(this.#time(), id)
  }

  /** What somebody pinned for all goes with them; a time runs on. */
  follow(): void {
    const by = this.#pinnedBy
    if (by && this.#links.person(by.id)?.session !== by.session) this.pins = []
  }

  close(): void {
    this.countdown = null
  }

  #time(): Message {
    const { until = 0, of = 0 } = this.countdown ?? {}
    return { type: 'time', id: KEY, left: this.countdown ? Math.max(0, until - Date.now()) : null, of }
  }
}
