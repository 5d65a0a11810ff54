/**
 * Signs descriptions with the key of the link, and checks those of others (docs/decisions/0009-a-key-in-the-link.md).
 * HKDF and HMAC are the browser's own.
 */
import type { Description } from '../api/types'
import { fromBase64url, toBase64url } from './bytes'

/** Between whom a description goes, in its direction. The session of a page is random and new with each load. */
export interface Way {
  from: string
  fromSession: string
  to: string
  toSession: string
}

/** What became of a check; `number` grows with everything that one page signs for another. */
export interface Finding {
  number: number
  right: boolean
}

const PROOF = /^1\.(\d{1,9})\.([\w-]{43})$/
const text = new TextEncoder()

/** See the head of this file. */
export class Seal {
  readonly #key: CryptoKey
  readonly #code: string

  private constructor(key: CryptoKey, code: string) {
    this.#key = key
    this.#code = code
  }

  /** Null where the browser has no cryptography for a page, because it was not loaded securely. */
  static async of(linkKey: string, code: string): Promise<Seal | null> {
    const { subtle } = crypto as { subtle?: SubtleCrypto }
    if (!subtle) return null
    const secret = await subtle.importKey('raw', fromBase64url(linkKey), 'HKDF', false, ['deriveKey'])
    const how = {
      name: 'HKDF',
      hash: 'SHA-256',
      salt: new Uint8Array(32),
      info: text.encode(`VideoCall.cc signalling 1 ${code}`),
    }
    const hmac: HmacKeyGenParams = { name: 'HMAC', hash: 'SHA-256', length: 256 }
    return new Seal(await subtle.deriveKey(how, secret, hmac, false, ['sign', 'verify']), code)
  }

  /** The proof that goes with a description. */
  async sign(way: Way, number: number, description: Description): Promise<string> {
    const tag = await crypto.subtle.sign('HMAC', this.#key, this.#said(way, number, description))
    return `1.${number}.${toBase64url(new Uint8Array(tag))}`
  }

  /** Whether whoever wrote this description for this page had the key. */
  async check(way: Way, description: Description, proof: string): Promise<Finding> {
    const [, digits = '', tag = ''] = PROOF.exec(proof) ?? []
    if (tag === '') return { number: 0, right: false }
    const number = Number(digits)
    const said = this.#said(way, number, description)
    return { number, right: await crypto.subtle.verify('HMAC', this.#key, fromBase64url(tag), said) }
  }

  /** The whole description is signed: fingerprints, roles and the restart of a connection stand in it. */
  #said({ from, fromSession, to, toSession }: Way, number: number, description: Description): Uint8Array<ArrayBuffer> {
    const { type, sdp } = description
    return text.encode(JSON.stringify([1, this.#code, from, fromSession, to, toSession, number, type, sdp]))
  }
}
