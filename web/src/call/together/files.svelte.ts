/** Files that are offered, and those on their way. */
import type { Participant } from '../../api/types'
import { newKey } from '../chat'
import { Digests } from './blocks'
import type { Links, Part } from './links'
import { cleanName } from './names'
import { pause } from './pause'
import { readWish, Receiving, Sending, type Outcome, type Pipe } from './pipe'
import { canTake, sinkFor, type Sink } from './sinks'
import type { Message } from './wire'

/** `waiting`: the connection is being restored, and it goes on by itself. */
export type FileState =
  'offered' | 'fetching' | 'waiting' | 'saved' | 'gone' | 'too_large' | Exclude<Outcome, 'done' | 'cut'>

/** Somebody who fetches what is offered here. */
export interface Delivery {
  id: string
  name: string
  bytes: number
  done: boolean
}

/** One file in the chat, from here or from somebody else. */
export class SharedFile {
  state = $state<FileState>('offered')
  /** Bytes that are here. */
  bytes = $state(0)
  /** Of one's own: who has how much of it. */
  deliveries = $state.raw<Delivery[]>([])
  /** Everything, where it has still to be saved, or can be once more. */
  whole = $state.raw<Blob | null>(null)
  session = ''
  receiving: Receiving | null = null
  sink: Sink | null = null

  constructor(
    /** Within the call; `from` and `id` together. */
    readonly key: string,
    readonly from: string,
    readonly id: string,
    readonly name: string,
    readonly size: number,
    /** Participant id of the only one who gets it. */
    readonly to: string | null,
    /** One's own file. */
    readonly source: File | null = null,
  ) {}
}

/** From one person, whatever they are worth. */
const MOST_OFFERS = 50
const MOST_SENDING = 12
const LABEL = 'file'

/** See the head of this file. */
export class Files implements Part {
  all = $state.raw<readonly SharedFile[]>([])
  readonly #links: Links
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- nothing shows it
  readonly #digests = new Map<string, Digests>()
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- nothing shows it
  readonly #sending = new Map<string, Sending>()

  constructor(links: Links) {
    this.#links = links
  }

  find(key: string): SharedFile | null {
    return this.all.find((file) => file.key === key) ?? null
  }

  /** Offers a file to everybody, later comers too, or to one person. */
  offer(source: File, to: { id: string; name: string } | null): void {
    const me = this.#links.me()
    const id = newKey()
    if (!me || this.#of(me.id).length >= MOST_OFFERS) return
    const file = new SharedFile(
      `${me.id}/${id}`,
      me.id,
      id,
      cleanName(source.name),
      source.size,
      to?.id ?? null,
      source,
    )
    this.all = [...this.all, file]
    this.#digests.set(id, new Digests())
    this.#announce(file, file.to)
    const card = { kind: 'file', key: file.key } as const
    this.#links.say({ from: me.id, name: me.name, text: file.name, mine: true, alone: to, card })
  }

  withdraw(file: SharedFile): void {
    if (!file.source || file.state !== 'offered') return
    file.state = 'withdrawn'
    for (const [key, sending] of this.#sending) if (key.startsWith(`${file.id}/`)) sending.withdraw()
    this.#links.send({ type: 'withdraw', id: file.id }, file.to)
  }

  /** In answer to a press: fetches what somebody offers. `save` gets it where it does not go to disk by itself. */
  async accept(file: SharedFile, save: (whole: Blob, name: string) => void): Promise<void> {
    if (file.source || !['offered', 'unwritable', 'broken', 'too_large'].includes(file.state)) return
    if (!canTake(file.size)) {
      file.state = 'too_large'
      return
    }
    const sink = await sinkFor(file.name, file.size)
    if (!sink) return
    file.sink = sink
    file.bytes = 0
    file.receiving = new Receiving(sink, file.size, (bytes) => (file.bytes = bytes))
    file.state = 'fetching'
    await this.#fetch(file, save)
  }

  cancel(file: SharedFile): void {
    if (file.state !== 'fetching' && file.state !== 'waiting') return
    file.state = 'offered'
    this.#stop(file)
  }

  /** Somebody opened a channel to fetch a file from here. */
  asked(from: string, channel: RTCDataChannel): void {
    const pipe = channel as Pipe
    pipe.onmessage = ({ data }) => {
      const wish = readWish(data)
      const me = this.#links.me()
      const file = wish && me ? this.find(`${me.id}/${wish.id}`) : null
      const mayHave = file?.source && file.state === 'offered' && (file.to === null || file.to === from)
      if (!mayHave || wish === null || wish.from > file.size || this.#sending.size >= MOST_SENDING) pipe.close()
      else void this.#serve(file, from, pipe, wish.from)
    }
  }

  heard(from: Participant, message: Message): void {
    const file = 'id' in message ? this.find(`${from.id}/${message.id}`) : null
    if (message.type === 'withdraw' && file && file.state !== 'saved') {
      file.state = 'withdrawn'
      this.#stop(file)
    }
    if (message.type !== 'offer' || file || this.#of(from.id).length >= MOST_OFFERS) return
    const { id, size, alone } = message
    const me = alone ? (this.#links.me()?.id ?? '') : null
    const next = new SharedFile(`${from.id}/${id}`, from.id, id, cleanName(message.name), size, me)
    next.session = from.session
    this.all = [...this.all, next]
    const who = alone ? { id: from.id, name: from.name } : null
    const card = { kind: 'file', key: next.key } as const
    this.#links.say({ from: from.id, name: from.name, text: next.name, mine: false, alone: who, card })
  }

  met(id: string): void {
    for (const file of this.all) {
      if (file.source && file.state === 'offered' && (file.to ?? id) === id) this.#announce(file, id)
      // On the old connection nothing arrives any more, whether its channels say so or not.
      if (file.from === id) file.receiving?.cut()
    }
  }

  follow(): void {
    for (const file of this.all) {
      if (file.source || ['saved', 'gone', 'withdrawn', 'lied'].includes(file.state)) continue
      const sender = this.#links.person(file.from)
      if (sender?.session === file.session) continue
      // Who left took it along; a page that was loaded anew does not have it any more.
      file.state = 'gone'
      this.#stop(file)
    }
  }

  close(): void {
    for (const file of this.all) if (file.receiving) this.#stop(file)
    for (const sending of this.#sending.values()) sending.stop()
    this.#sending.clear()
  }

  #of(person: string): SharedFile[] {
    return this.all.filter(({ from, state }) => from === person && state !== 'withdrawn' && state !== 'gone')
  }

  #announce({ id, name, size, to }: SharedFile, only: string | null): void {
    this.#links.send({ type: 'offer', id, name, size, alone: to !== null }, only)
  }

  #stop(file: SharedFile): void {
    const { receiving, sink } = file
    file.receiving = file.sink = null
    receiving?.cut()
    void sink?.drop()
  }

  /** Until all is there, or nothing more can come: whatever is cut goes on where it was when there is a way again. */
  async #fetch(file: SharedFile, save: (whole: Blob, name: string) => void): Promise<void> {
    const { receiving, sink } = file
    if (!receiving || !sink) return
    for (;;) {
      const channel = this.#links.channel(file.from, LABEL)
      const before = receiving.written
      const how = channel ? await receiving.receive(channel, file.id) : 'cut'
      // Cancelled, or taken back meanwhile.
      if (file.receiving !== receiving) return
      if (how === 'done') {
        try {
          file.whole = await sink.finish()
        } catch {
          file.state = 'unwritable'
          return
        }
        file.receiving = file.sink = null
        file.state = 'saved'
        if (file.whole) save(file.whole, file.name)
        return
      }
      if (how !== 'cut') {
        file.state = how
        this.#stop(file)
        return
      }
      file.state = 'waiting'
      await pause(receiving.written > before ? 0 : TRY_AGAIN)
      if (file.receiving !== receiving) return
      file.state = 'fetching'
    }
  }

  async #serve(file: SharedFile, to: string, pipe: Pipe, from: number): Promise<void> {
    const digests = this.#digests.get(file.id)
    const person = this.#links.person(to)
    if (!file.source || !digests || !person) return
    const key = `${file.id}/${to}`
    this.#sending.get(key)?.stop()
    const show = (bytes: number, done: boolean) => {
      const others = file.deliveries.filter(({ id }) => id !== to)
      file.deliveries = [...others, { id: to, name: person.name, bytes, done }]
    }
    const sending = new Sending(pipe, from, (bytes) => show(bytes, false))
    this.#sending.set(key, sending)
    show(from, false)
    const how = await sending.send(file.source, digests)
    if (this.#sending.get(key) === sending) this.#sending.delete(key)
    if (how === 'done') show(file.size, true)
    else if (how === 'unreadable') file.state = 'unreadable'
  }
}

/** Milliseconds. */
const TRY_AGAIN = 1000
