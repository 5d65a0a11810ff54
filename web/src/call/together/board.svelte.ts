/** The document that all write and draw in: how it goes from page to page, and comes to who arrives later. */
import type { Participant } from '../../api/types'
import { fromBase64url, toBase64url } from '../bytes'
import { newKey } from '../chat'
import { Budget } from './budget'
import type { Links, Part } from './links'
import type { SharedDocument } from './shared_document'
import type { DocMessage, Message } from './wire'

/** Somebody began to write or draw. */
export interface Beginning {
  id: string
  name: string
  what: 'notes' | 'board'
}

/** Bytes of one message: within what a message may have, as base64. */
const PART = 9000
/** Milliseconds in which changes are sent together. */
const GATHER = 80
/** Milliseconds after which somebody else is asked. */
const MOST_ANSWER = 5000
/** Milliseconds without a change, after which the next one is a beginning. */
const PAUSE = 60_000
/** Until the code that reads it is there. */
const MOST_WAITING = 1000

/** See the head of this file. */
export class Board implements Part {
  document = $state.raw<SharedDocument | null>(null)
  began = $state.raw<Beginning | null>(null)
  /** Somebody could not be heard any more, since nothing more fits in. */
  full = $state(false)
  readonly #links: Links
  #loading: Promise<SharedDocument> | null = null
  #merge: (updates: Uint8Array[]) => Uint8Array = ([first = new Uint8Array()]) => first
  #waiting: [Participant, DocMessage][] = []
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- nothing shows it
  readonly #parts = new Map<string, { id: string; of: number; parts: string[] }>()
  readonly #asks = new Budget(5, 0.2)
  /** Those who have something, still to be asked; and whom one waits for. */
  #toAsk: string[] = []
  #asked: { key: string; who: string; timer: ReturnType<typeof setTimeout> } | null = null
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- nothing shows it
  readonly #active = new Map<string, number>()
  #unsent: Uint8Array[] = []
  #sending: ReturnType<typeof setTimeout> | undefined
  #over = false

  constructor(links: Links) {
    this.#links = links
  }

  /** Fetches the code; fails where it cannot be fetched, and tries again the next time. */
  open(): Promise<SharedDocument> {
    this.#loading ??= Promise.all([import('./shared_document'), import('yjs')]).then(
      ([{ SharedDocument }, { mergeUpdates }]) => {
        const document = new SharedDocument(
          (update) => this.#changed(update),
          (what, { from, news }) => this.#noticed(what, from, news),
        )
        this.#merge = mergeUpdates
        this.document = document
        for (const [from, message] of this.#waiting.splice(0)) this.heard(from, message)
        if (this.#over) document.close()
        return document
      },
      (error: unknown) => {
        this.#loading = null
        throw error
      },
    )
    return this.#loading
  }

  heard(from: Participant, message: Message): void {
    if (message.type !== 'doc' && message.type !== 'doc_has' && message.type !== 'doc_ask') return
    if (!this.document) {
      if (this.#waiting.length < MOST_WAITING) this.#waiting.push([from, message])
      // While the server is away: the next message tries again.
      this.open().catch(() => undefined)
    } else if (message.type === 'doc') {
      this.#took(this.document, from.id, message)
    } else if (message.type === 'doc_ask') {
      this.#answer(this.document, from.id, message)
    } else if (!this.#toAsk.includes(from.id)) {
      this.#toAsk.push(from.id)
      this.#askNext()
    }
  }

  met(id: string): void {
    this.#parts.delete(id)
    if (this.#asked?.who === id) this.#goOn()
    // Who has nothing yet is asked for nothing.
    if (this.document && !this.document.empty) this.#links.send({ type: 'doc_has', id: newKey() }, id)
  }

  follow(): void {
    const here = this.#links.others()
    this.#toAsk = this.#toAsk.filter((id) => here.includes(id))
    if (this.#asked && !here.includes(this.#asked.who)) this.#goOn()
  }

  close(): void {
    this.#over = true
    clearTimeout(this.#sending)
    clearTimeout(this.#asked?.timer)
    this.document?.close()
  }

  // --- what others have ---

  #askNext(): void {
    const who = this.#asked ? undefined : this.#toAsk.shift()
    if (who === undefined || !this.document) return
    const key = newKey()
    this.#asked = { key, who, timer: setTimeout(() => this.#goOn(), MOST_ANSWER) }
    const have = toBase64url(this.document.have())
    if (this.#links.send({ type: 'doc_ask', id: key, have }, who) === 0) this.#goOn()
  }

  #goOn(): void {
    clearTimeout(this.#asked?.timer)
    this.#asked = null
    this.#askNext()
  }

  #answer(document: SharedDocument, to: string, { id, have }: { id: string; have: string }): void {
    const known = this.#asks.take(to) ? bytesOf(have) : null
    const lack = known && document.lackOf(known)
    if (lack) this.#send(lack, id, to)
  }

  #took(document: SharedDocument, from: string, { id, part, of, data }: Extract<DocMessage, { type: 'doc' }>): void {
    const known = this.#parts.get(from)
    const parts = part === 0 ? { id, of, parts: [] } : known
    // A channel keeps the order: what does not follow belongs to something that was cut off.
    if (parts?.id !== id || parts.of !== of || parts.parts.length !== part) return
    parts.parts.push(data)
    this.#parts.set(from, parts)
    if (parts.parts.length < of) return
    this.#parts.delete(from)
    const answer = this.#asked?.key === id && this.#asked.who === from
    const update = bytesOf(parts.parts.join(''))
    if (update && !document.take(update, { from, news: !answer })) this.full = document.full
    if (answer) this.#goOn()
  }

  // --- what one does oneself ---

  #changed(update: Uint8Array): void {
    this.#unsent.push(update)
    this.#sending ??= setTimeout(() => {
      this.#sending = undefined
      this.#send(this.#merge(this.#unsent.splice(0)), newKey(), null)
      this.full = this.document?.full ?? false
    }, GATHER)
  }

  #send(update: Uint8Array, id: string, to: string | null): void {
    const of = Math.max(1, Math.ceil(update.byteLength / PART))
    for (let part = 0; part < of; part++) {
      const data = toBase64url(update.subarray(part * PART, (part + 1) * PART))
      this.#links.send({ type: 'doc', id, part, of, data }, to)
    }
  }

  #noticed(what: Beginning['what'], id: string, news: boolean): void {
    const key = `${what} ${id}`
    const now = Date.now()
    const paused = now - (this.#active.get(key) ?? -Infinity) > PAUSE
    const name = this.#links.person(id)?.name
    if (!news || name === undefined) return
    this.#active.set(key, now)
    if (paused) this.began = { id, name, what }
  }
}

function bytesOf(text: string): Uint8Array | null {
  try {
    return fromBase64url(text)
  } catch {
    return null
  }
}
