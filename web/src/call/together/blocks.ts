/** A file in blocks, each with its digest, so that nothing has to be whole in memory to be checked as a whole. */
import { toHex } from '../bytes'

/** Bytes of one block: what is hashed, written and acknowledged at once, and where a broken transfer goes on. */
export const BLOCK = 256 * 1024

/** Digests of the blocks of one file, in order. The digest of all of them stands for the file. */
export class Digests {
  readonly #digests: Uint8Array[] = []

  get count(): number {
    return this.#digests.length
  }

  /** Takes block number `index`; one that is known already is not hashed again. */
  async take(index: number, block: BufferSource): Promise<void> {
    this.#digests[index] ??= new Uint8Array(await crypto.subtle.digest('SHA-256', block))
  }

  async whole(): Promise<string> {
    const all = new Uint8Array(this.#digests.length * 32)
    for (const [index, digest] of this.#digests.entries()) all.set(digest, index * 32)
    return toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', all)))
  }
}
