/** Whether the other end of one connection is who had the link: what was signed, and which certificate is really used. */
import type { Description } from '../api/types'
import type { Trust as State } from './model'
import { livePrint, printsIn } from './prints'
import type { Seal, Way } from './seal'

/** The key of the link made ready; null where this browser has none. */
export type Sealing = Promise<Seal | null> | null

/** Fetched by whoever has a key, while they look at the prejoin page. */
export function sealing(key: string, code: string): Sealing {
  return import('./seal').then(({ Seal }) => Seal.of(key, code)).catch(() => null)
}

/** See the head of this file. One for each page of another person. */
export class Trust {
  #sealing: Sealing
  readonly #out: Way
  readonly #in: Way
  readonly #changed: () => void
  #sending: Promise<void> = Promise.resolve()
  #receiving: Promise<void> = Promise.resolve()
  #sent = 0
  #heard = 0
  /** Certificates that somebody with the key has vouched for. */
  readonly #proven = new Set<string>()
  /** Once something was wrong, it stays said: until that page is loaded anew. */
  #alarm = false
  /** The certificate at the other end of the present connection. */
  #live: string | null = null

  constructor(sealing: Sealing, out: Way, changed: () => void) {
    this.#sealing = sealing
    this.#out = out
    this.#in = { from: out.to, fromSession: out.toSession, to: out.from, toSession: out.fromSession }
    this.#changed = changed
    void sealing?.then((seal) => {
      if (seal) return
      this.#sealing = null
      changed()
    })
  }

  get state(): State {
    if (!this.#sealing) return 'unknown'
    if (this.#alarm) return 'warning'
    if (this.#live === null) return 'checking'
    return this.#proven.has(this.#live) ? 'verified' : 'no_key'
  }

  /** Signs what goes out; everything is handed on in the order in which it came. */
  send(description: Description | null, pass: (proof: string | null) => void): void {
    if (!this.#sealing) {
      pass(null)
      return
    }
    this.#sending = this.#sending.then(async () => {
      const seal = await this.#sealing
      pass(seal && description ? await seal.sign(this.#out, ++this.#sent, description) : null)
    })
  }

  /** Looks at what came in before it is used. Candidates alone are only ways to get there: nobody signs them. */
  receive(description: Description | null, proof: string | null, pass: () => void): void {
    if (!this.#sealing) {
      pass()
      return
    }
    this.#receiving = this.#receiving.then(async () => {
      if (!description || (await this.#hear(description, proof))) pass()
    })
  }

  /** A new connection is being made. */
  restart(): void {
    this.#live = null
  }

  /** Looks at the certificate that is really in use. */
  async look(pc: RTCPeerConnection): Promise<string | null> {
    const live = isUp(pc) ? await livePrint(pc) : null
    // It may have been closed meanwhile, and another one be in its place.
    if (!isUp(pc)) return null
    if (live === this.#live) return live
    this.#live = live
    if (live !== null && this.#proven.size > 0 && !this.#proven.has(live)) this.#alarm = true
    this.#changed()
    return live
  }

  /** Whether it is to be used. What was heard before is sent again by nobody but somebody in between. */
  async #hear(description: Description, proof: string | null): Promise<boolean> {
    const seal = await this.#sealing
    if (!seal) return true
    if (proof === null) {
      // Who had the key a moment ago has it still.
      if (this.#proven.size > 0) this.#warn()
      return true
    }
    const { number, right } = await seal.check(this.#in, description, proof)
    if (!right) {
      this.#warn()
      return true
    }
    if (number <= this.#heard) return false
    this.#heard = number
    for (const print of printsIn(description.sdp)) this.#proven.add(print)
    return true
  }

  #warn(): void {
    if (this.#alarm) return
    this.#alarm = true
    this.#changed()
  }
}

function isUp(pc: RTCPeerConnection): boolean {
  return pc.connectionState === 'connected'
}
