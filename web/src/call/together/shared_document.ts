/**
 * Notes and whiteboard as one Yjs document (a CRDT: https://docs.yjs.dev). Whoever is in the meeting may change all of it;
 * what comes from other pages is looked at before it gets near the document, and can neither fail nor grow without bound.
 */
import * as Y from 'yjs'

/** Bytes of everything; what others add beyond is refused. */
const MOST_BYTES = 4 * 1024 * 1024
/** Bytes after which the document is measured again. */
const MEASURE = 256 * 1024
/** UTF-16 units of the notes, as the text field counts them. */
export const MOST_NOTES = 50_000

/** Origins of changes, which tell one's own from those of others. */
export const OWN = 'own'
/** A change that arrived; `news` where somebody has just made it, and it does not tell what was before. */
export interface Arrived {
  from: string
  news: boolean
}

const NOTES = 'notes'
const ITEMS = 'items'

/** See the head of this file. */
export class SharedDocument {
  readonly notes: Y.Text
  readonly items: Y.Map<unknown>
  readonly #doc = new Y.Doc()
  #bytes = 0
  #unmeasured = 0

  /** `send` gets what was changed here; `changed` hears what others changed. */
  constructor(send: (update: Uint8Array) => void, changed: (what: 'notes' | 'board', by: Arrived) => void) {
    this.notes = this.#doc.getText(NOTES)
    this.items = this.#doc.getMap(ITEMS)
    this.#doc.on('update', (update: Uint8Array, origin: unknown) => {
      this.#unmeasured += update.byteLength
      // Where nothing fits in, this took something away.
      if (this.#bytes + this.#unmeasured > MOST_BYTES) this.#unmeasured += MEASURE
      if (!isArrived(origin)) send(update)
    })
    this.#doc.on('afterTransaction', ({ origin, changedParentTypes }: Y.Transaction) => {
      if (!isArrived(origin)) return
      const types: ReadonlyMap<unknown, unknown> = changedParentTypes
      if (types.has(this.notes)) changed('notes', origin)
      if (types.has(this.items)) changed('board', origin)
    })
  }

  get empty(): boolean {
    return Y.encodeStateVector(this.#doc).byteLength <= 1
  }

  /** Changes of this page, which can be undone together. */
  change(act: () => void): void {
    this.#doc.transact(act, OWN)
  }

  /** What this page has, for another one that says what is missing. */
  have(): Uint8Array {
    return Y.encodeStateVector(this.#doc)
  }

  /** What a page lacks that has so much; null for what is no such thing. */
  lackOf(have: Uint8Array): Uint8Array | null {
    try {
      return Y.encodeStateAsUpdate(this.#doc, have)
    } catch {
      return null
    }
  }

  /** Takes what another page sent; false for what is none of ours, or too much. */
  take(update: Uint8Array, origin: Arrived): boolean {
    const adds = additions(update)
    if (adds === null || (adds > 0 && this.full)) return false
    try {
      // Whatever waits for something that never came counts, too, for it is kept.
      Y.applyUpdate(this.#doc, update, origin)
      if (this.#doc.store.pendingStructs) this.#unmeasured += update.byteLength
      return true
    } catch {
      return false
    }
  }

  /** Nothing more fits in; taking away still does. */
  get full(): boolean {
    if (this.#unmeasured > MEASURE) {
      this.#unmeasured = 0
      this.#bytes = Y.encodeStateAsUpdate(this.#doc).byteLength
    }
    return this.#bytes + this.#unmeasured > MOST_BYTES
  }

  close(): void {
    this.#doc.destroy()
  }
}

function isArrived(origin: unknown): origin is Arrived {
  return typeof origin === 'object' && origin !== null && 'news' in origin
}

/** How many things an update adds; null where it is none, or holds what this document never has. */
function additions(update: Uint8Array): number | null {
  try {
    const { structs } = Y.decodeUpdate(update)
    return structs.every(isOurs) ? structs.length : null
  } catch {
    return null
  }
}

function isOurs(struct: Y.Item | Y.GC | Y.Skip): boolean {
  if (!(struct instanceof Y.Item)) return true
  // As it was read: the name of a root, or who it belongs to; nothing where its neighbour tells.
  const parent = struct.parent as unknown
  if (typeof parent === 'string' && parent !== NOTES && parent !== ITEMS) return false
  const { content } = struct
  if (content instanceof Y.ContentType) return content.type instanceof Y.Map || content.type instanceof Y.Array
  return content instanceof Y.ContentString || content instanceof Y.ContentAny || content instanceof Y.ContentDeleted
}
