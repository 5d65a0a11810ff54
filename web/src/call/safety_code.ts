/**
 * Digits that two people read to each other: the same at both ends only if nobody is in between. Each side adds a random
 * number, and the first commits itself to its own before it sees the other's, so that whoever is in between has one guess
 * at a thousand million and cannot try in secret (as ZRTP does, RFC 6189, section 4.4.1.1).
 */
import { toBase64url } from './bytes'

const NONCE = /^[\w-]{22}$/
const COMMITMENT = /^[\w-]{43}$/
const DIGITS = 9
const text = new TextEncoder()

/** What goes between the browsers, over their own connection. */
export type CodeMessage = { commit: string } | { nonce: string }

/** See the head of this file. One for each connection. */
export class SafetyCode {
  /** In groups of three; null until both have said their part. */
  digits: string | null = null
  readonly #first: boolean
  readonly #meeting: string
  readonly #send: (message: CodeMessage) => void
  readonly #changed: () => void
  readonly #nonce = toBase64url(crypto.getRandomValues(new Uint8Array(16)))
  #commitment: string | null = null
  #theirs: string | null = null
  #prints: string[] | null = null
  #work: Promise<void> = Promise.resolve()

  constructor(first: boolean, meeting: string, send: (message: CodeMessage) => void, changed: () => void) {
    this.#first = first
    this.#meeting = meeting
    this.#send = send
    this.#changed = changed
  }

  /** The way to the other end is open. */
  begin(): void {
    if (this.#first) void hash(this.#nonce).then((commit) => this.#send({ commit }))
  }

  /** Takes what the other end says, each thing once. */
  hear(said: unknown): void {
    const message = readCodeMessage(said)
    if (message) this.#work = this.#work.then(() => this.#take(message))
  }

  /** Which certificates the two ends have shown. */
  async between(own: string | null, live: string | null): Promise<void> {
    this.#prints = own !== null && live !== null ? [own, live].sort() : null
    await this.#make()
  }

  async #take(message: CodeMessage): Promise<void> {
    if ('commit' in message) {
      if (this.#first || this.#commitment !== null) return
      this.#commitment = message.commit
      this.#send({ nonce: this.#nonce })
    } else if (this.#theirs === null && message.nonce !== this.#nonce) {
      if (!this.#first && (await hash(message.nonce)) !== this.#commitment) return
      this.#theirs = message.nonce
      if (this.#first) this.#send({ nonce: this.#nonce })
      await this.#make()
    }
  }

  async #make(): Promise<void> {
    if (this.#theirs === null || this.#prints === null) return
    const nonces = this.#first ? [this.#nonce, this.#theirs] : [this.#theirs, this.#nonce]
    const said = text.encode(JSON.stringify([1, this.#meeting, ...this.#prints, ...nonces]))
    const number = new DataView(await crypto.subtle.digest('SHA-256', said)).getBigUint64(0)
    const digits = String(number % 10n ** BigInt(DIGITS)).padStart(DIGITS, '0')
    const grouped = digits.replace(/(\d{3})(?=\d)/g, '$1 ')
    if (grouped === this.digits) return
    this.digits = grouped
    this.#changed()
  }
}

/** Reads what the other end sent; null for anything else. */
export function readCodeMessage(raw: unknown): CodeMessage | null {
  const { commit, nonce } = (raw ?? {}) as { commit?: unknown; nonce?: unknown }
  if (typeof commit === 'string' && COMMITMENT.test(commit)) return { commit }
  return typeof nonce === 'string' && NONCE.test(nonce) ? { nonce } : null
}

async function hash(nonce: string): Promise<string> {
  return toBase64url(new Uint8Array(await crypto.subtle.digest('SHA-256', text.encode(nonce))))
}
