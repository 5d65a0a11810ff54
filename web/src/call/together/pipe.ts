/**
 * One file on its way over a data channel of its own (docs/protocol.md, "Files"). The receiver asks from where on, and says
 * what it has written; the sender never has more on the way than `WINDOW`, so neither side keeps a file in memory.
 */
import { readObject } from '../untrusted'
import { BLOCK, Digests } from './blocks'
import type { Sink } from './sinks'

/** What is needed of a data channel. */
export type Pipe = Pick<
  RTCDataChannel,
  'send' | 'close' | 'readyState' | 'bufferedAmount' | 'bufferedAmountLowThreshold' | 'binaryType'
> & {
  onopen: ((event: Event) => void) | null
  onclose: ((event: Event) => void) | null
  onmessage: ((event: MessageEvent<unknown>) => void) | null
  onbufferedamountlow: ((event: Event) => void) | null
}

/** How far a transfer came: `cut` may go on, everything else is over. */
export type Outcome = 'done' | 'cut' | 'broken' | 'lied' | 'unreadable' | 'unwritable' | 'withdrawn'

/** What the sender says when it cannot go on. */
type Trouble = 'unreadable' | 'withdrawn'

/** Every browser takes a message of this size. */
const PIECE = 64 * 1024
/** Bytes that may be on the way, and that the browser may hold back itself. */
const WINDOW = 4 * 1024 * 1024
const BUFFER = 1024 * 1024
const MOST_WORDS = 500

/** What a receiver asks for first. */
export interface Wish {
  id: string
  from: number
}

/** Reads the first message of a channel; null for anything that is none. */
export function readWish(raw: unknown): Wish | null {
  const { v, id, from } = readObject(raw, MOST_WORDS)
  const fits = v === 1 && typeof id === 'string' && id.length <= 64 && Number.isSafeInteger(from)
  return fits && (from as number) >= 0 && (from as number) % BLOCK === 0 ? { id, from: from as number } : null
}

/** Sends a file from an offset on; ends with what came of it. `went` hears how many bytes the other side has written. */
export class Sending {
  #pipe: Pipe
  #acknowledged: number
  #wake: () => void = () => undefined
  #over = false

  constructor(pipe: Pipe, from: number, went: (bytes: number) => void) {
    this.#pipe = pipe
    this.#acknowledged = from
    pipe.bufferedAmountLowThreshold = BUFFER / 2
    pipe.onbufferedamountlow = () => this.#wake()
    pipe.onclose = () => this.stop()
    pipe.onmessage = ({ data }) => {
      const { ack } = readObject(data, MOST_WORDS)
      if (typeof ack !== 'number' || !(ack > this.#acknowledged)) return
      this.#acknowledged = ack
      went(ack)
      this.#wake()
    }
  }

  async send(file: Blob, digests: Digests): Promise<'done' | 'cut' | 'unreadable'> {
    const from = this.#acknowledged
    try {
      // What was sent to nobody yet has no digest: a receiver that goes on elsewhere than this page began.
      for (let at = digests.count * BLOCK; at < from; at += BLOCK) await digests.take(at / BLOCK, await read(file, at))
      for (let at = from; at < file.size; at += BLOCK) {
        const block = await read(file, at)
        await digests.take(at / BLOCK, block)
        if (!(await this.#push(block, at))) return 'cut'
      }
    } catch {
      // Changed, moved or taken away since it was offered.
      this.#say({ error: 'unreadable' })
      return 'unreadable'
    }
    this.#say({ end: await digests.whole() })
    while (!this.#gone && this.#acknowledged < file.size) await this.#moment()
    return this.#acknowledged >= file.size ? 'done' : 'cut'
  }

  /** The person who offered it takes it back. */
  withdraw(): void {
    this.#say({ error: 'withdrawn' })
    this.stop()
  }

  stop(): void {
    this.#over = true
    this.#wake()
  }

  get #gone(): boolean {
    return this.#over || this.#pipe.readyState !== 'open'
  }

  async #push(block: ArrayBuffer, at: number): Promise<boolean> {
    for (let piece = 0; piece < block.byteLength; piece += PIECE) {
      while (!this.#gone && (this.#pipe.bufferedAmount > BUFFER || at - this.#acknowledged >= WINDOW)) {
        await this.#moment()
      }
      if (this.#gone) return false
      this.#pipe.send(block.slice(piece, piece + PIECE))
    }
    return true
  }

  #moment(): Promise<void> {
    return new Promise((resolve) => (this.#wake = resolve))
  }

  #say(message: { end: string } | { error: Trouble }): void {
    if (this.#pipe.readyState === 'open') this.#pipe.send(JSON.stringify({ v: 1, ...message }))
  }
}

/** Receives a file into a sink, over one channel after another until all of it is there. */
export class Receiving {
  /** Bytes that are written: whole blocks until the last one. */
  written = 0
  readonly #size: number
  readonly #sink: Sink
  readonly #digests = new Digests()
  readonly #went: (bytes: number) => void
  #pieces: Uint8Array[] = []
  #partial = 0
  #held = 0
  #work: Promise<void> = Promise.resolve()
  #finish: (outcome: Outcome) => void = () => undefined
  #pipe: Pipe | null = null

  constructor(sink: Sink, size: number, went: (bytes: number) => void) {
    this.#sink = sink
    this.#size = size
    this.#went = went
  }

  /** Asks for what is missing. After `cut` it may be called again with another channel. */
  async receive(pipe: Pipe, id: string): Promise<Outcome> {
    this.cut()
    await this.#work
    this.#pieces = []
    this.#partial = this.#held = 0
    this.#pipe = pipe
    pipe.binaryType = 'arraybuffer'
    const outcome = new Promise<Outcome>((resolve) => (this.#finish = resolve))
    const ask = () => pipe.send(JSON.stringify({ v: 1, id, from: this.written }))
    pipe.onopen = ask
    pipe.onclose = () => this.#then(() => this.#finish('cut'))
    pipe.onmessage = ({ data }) => this.#arrived(data)
    if (pipe.readyState === 'open') ask()
    const how = await outcome
    this.#let(pipe)
    return how
  }

  /** The connection is another one now, or this is not wanted any more. */
  cut(): void {
    if (this.#pipe) this.#let(this.#pipe)
    this.#finish('cut')
  }

  #let(pipe: Pipe): void {
    pipe.onopen = pipe.onclose = pipe.onmessage = null
    pipe.close()
    if (this.#pipe === pipe) this.#pipe = null
  }

  #arrived(data: unknown): void {
    if (typeof data === 'string') {
      const { end, error } = readObject(data, MOST_WORDS)
      if (typeof end === 'string') this.#then(() => this.#ended(end))
      else if (error === 'unreadable' || error === 'withdrawn') this.#then(() => this.#finish(error))
      return
    }
    if (!(data instanceof ArrayBuffer)) return
    this.#held += data.byteLength
    // More than was offered, or more at once than is ever asked for: this is not the file, and not our sender.
    if (this.written + this.#held > this.#size || this.#held > 2 * WINDOW) this.#finish('lied')
    else this.#then(() => this.#take(new Uint8Array(data)))
  }

  async #take(piece: Uint8Array): Promise<void> {
    this.#pieces.push(piece)
    this.#partial += piece.byteLength
    if (this.#partial > BLOCK) this.#finish('lied')
    else if (this.#partial === BLOCK || this.written + this.#partial === this.#size) await this.#write()
  }

  async #write(): Promise<void> {
    const block = new Uint8Array(this.#partial)
    let at = 0
    for (const piece of this.#pieces.splice(0)) {
      block.set(piece, at)
      at += piece.byteLength
    }
    await this.#digests.take(this.#digests.count, block)
    await this.#sink.write(block)
    this.#held -= at
    this.#partial = 0
    this.written += at
    this.#went(this.written)
    if (this.#pipe?.readyState === 'open') this.#pipe.send(JSON.stringify({ v: 1, ack: this.written }))
  }

  async #ended(end: string): Promise<void> {
    if (this.written !== this.#size) this.#finish('lied')
    else this.#finish(end === (await this.#digests.whole()) ? 'done' : 'broken')
  }

  /** One after the other; what cannot be written ends it. */
  #then(step: () => void | Promise<void>): void {
    const pipe = this.#pipe
    this.#work = this.#work.then(async () => {
      if (pipe !== this.#pipe) return
      try {
        await step()
      } catch {
        this.#finish('unwritable')
      }
    })
  }
}

async function read(file: Blob, at: number): Promise<ArrayBuffer> {
  return file.slice(at, at + BLOCK).arrayBuffer()
}
