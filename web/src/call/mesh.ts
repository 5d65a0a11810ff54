/** Everybody's connections: made, kept and dropped by what the room says, never by what the socket does. */
import type { Candidate, Description, Ice, PeerSignal } from '../api/types'
import type { Said } from './chat'
import { noTracks, type Tracks } from './connection'
import type { Diagnosis, Seen, Watch } from './diagnosis'
import { ConnectionFactory } from './factory'
import type { Trouble } from './model'
import { firstEncodings, Remote, type Outgoing, type Shown } from './remote'
import { earlier, others, type Room } from './room'
import { Trust, type Sealing } from './trust'

/** What the call does for the mesh. */
export interface MeshHandlers {
  /** What cannot be handed on now is lost. */
  signal(to: { id: string; session: string }, what: Handed): void
  /** Something about the connection to this person changed. */
  changed(id: string): void
  /** What is wrong on this side of the call. */
  troubled(trouble: Trouble | null): void
  chat(id: string, said: Said): void
  /** See `RemoteHandlers`. */
  met(id: string): void
  heard(id: string, raw: unknown): void
  channel(id: string, channel: RTCDataChannel): void
}

/** What goes to another page through the server. */
export interface Handed {
  description: Description | null
  /** What the description was signed with, where one has the key of the link. */
  proof: string | null
  candidates: Candidate[]
}

/** Milliseconds. */
const LOOK_INTERVAL = 2000
/** The next offer is prepared when the last newcomer has been served. */
const PREPARE_DELAY = 1000

/** See the head of this file. */
export class Mesh {
  readonly #on: MeshHandlers
  readonly #factory = new ConnectionFactory()
  readonly #remotes = new Map<string, Remote>()
  readonly #outgoing: Outgoing = { tracks: noTracks(), people: 1 }
  /** By person and page: what is known of somebody outlives their way through breakout rooms. */
  readonly #trusts = new Map<string, Trust>()
  /** What the page shows of whom; outlives connections, because the page only tells what changes. */
  readonly #showing = new Map<string, Shown>()
  #session = ''
  #sealing: Sealing = null
  #up = false
  #hasSeat = false
  /** Who runs the room, and so is told what is wrong here. */
  #leaders = new Set<string>()
  #trouble: Trouble | null = null
  #diagnosis: Diagnosis | null = null
  readonly #watches = new WeakMap<Remote, Watch>()
  #looking: ReturnType<typeof setInterval> | undefined
  #preparing: ReturnType<typeof setTimeout> | undefined

  constructor(handlers: MeshHandlers) {
    this.#on = handlers
  }

  get remotes(): ReadonlyMap<string, Remote> {
    return this.#remotes
  }

  /** Whether the search for a way to somebody who is here has not begun yet. */
  get stillToBegin(): boolean {
    return [...this.#remotes.values()].some(({ here, peer }) => here && !peer.begun)
  }

  /** `session` names this page to the others; `sealing` signs for it. Before anything is connected. */
  protect(session: string, sealing: Sealing): void {
    this.#session = session
    this.#sealing = sealing
  }

  /** Prepares what can be prepared before one is let in, without touching the network. */
  warm(): Promise<void> {
    return this.#factory.warm()
  }

  /**
   * Brings the connections in step with the room: one to everybody in the same breakout room. `newcomer`: one has just come
   * in, and waits for the others' offers; otherwise whoever is new gets an offer from here. `everybody`: several begin at
   * once, and who came first offers.
   */
  sync(room: Room, newcomer: boolean | 'everybody' = false): void {
    const before = newcomer === 'everybody' ? earlier(room) : null
    const people = others(room)
    const expected = new Map(people.map((person) => [person.id, person]))
    const pages = new Set(room.participants.map(pageOf))
    for (const page of this.#trusts.keys()) if (!pages.has(page)) this.#trusts.delete(page)
    this.#outgoing.people = people.length + 1
    this.#hasSeat = room.participants.length < room.meeting.limit
    for (const [id, remote] of this.#remotes) {
      const gone = expected.get(id)?.session !== remote.peer.session
      // A newcomer for the others, too: they have dropped their end, unless it still works.
      const dropped = newcomer === true && remote.peer.connection?.flowing !== true
      if (dropped) this.#trusts.delete(pageOf({ id, session: remote.peer.session }))
      if (gone || dropped) this.#drop(id, remote)
    }
    for (const { id, session, away_since } of people) {
      const waits = before?.has(id) ?? newcomer === true
      const remote = this.#remotes.get(id) ?? this.#add(room, { id, session }, waits)
      remote.setReachable(this.#up, away_since !== null)
    }
    for (const remote of this.#remotes.values()) remote.update()
    this.#leaders = new Set(people.filter(({ role }) => role !== 'guest').map(({ id }) => id))
    this.#tellTrouble()
    this.#looking ??= setInterval(() => void this.#look(), LOOK_INTERVAL)
    this.#prepare()
  }

  setIce(ice: Ice): void {
    if (!this.#factory.setIce(ice)) return
    // For the next restart; what flows now is left alone.
    for (const { peer } of this.#remotes.values()) peer.connection?.pc.setConfiguration(this.#factory.config())
    this.#prepare()
  }

  /** Whether the own socket is up and one is in the room. */
  setUp(up: boolean): void {
    this.#up = up
    for (const remote of this.#remotes.values()) remote.setReachable(up)
  }

  receive({ sender, sender_session, description, proof, candidates }: PeerSignal): void {
    const remote = this.#remotes.get(sender)
    // From a page that is gone: what it says is about a connection that is gone.
    if (remote?.peer.session === sender_session) remote.receive(description, proof, candidates)
  }

  setTracks(tracks: Tracks): void {
    this.#outgoing.tracks = tracks
    for (const remote of this.#remotes.values()) remote.update()
  }

  show(id: string, source: keyof Shown, height: number): void {
    const showing = this.#showingOf(id)
    if (showing[source] === Math.round(height)) return
    showing[source] = Math.round(height)
    this.#remotes.get(id)?.showingChanged(height === 0)
  }

  /** How many people a message was given to: all of them, or one. */
  sendChat(message: string, to: string | null = null): number {
    return this.#among(to).filter((remote) => remote.sendChat(message)).length
  }

  /** How many people something that is done together was told to: all of them, or one. */
  tell(message: string, to: string | null = null): number {
    return this.#among(to).filter((remote) => remote.tell(message)).length
  }

  /** One is somebody else from here on: nothing of before holds. */
  clear(): void {
    for (const [id, remote] of this.#remotes) this.#drop(id, remote)
    this.#trusts.clear()
  }

  networkChanged(): void {
    this.#factory.discardOffer()
    for (const { peer } of this.#remotes.values()) peer.refresh()
    this.#prepare()
  }

  close(): void {
    clearInterval(this.#looking)
    clearTimeout(this.#preparing)
    this.#looking = undefined
    this.#diagnosis = null
    this.#troubled(null)
    this.clear()
    this.#factory.close()
  }

  #among(to: string | null): Remote[] {
    return [...this.#remotes].flatMap(([id, remote]) => (to === null || id === to ? [remote] : []))
  }

  #add({ you, meeting }: Room, to: { id: string; session: string }, newcomer: boolean): Remote {
    const { id, session } = to
    const changed = () => this.#on.changed(id)
    const way = { from: you, fromSession: this.#session, to: id, toSession: session }
    const trust = this.#trusts.get(pageOf(to)) ?? new Trust(this.#sealing, way, changed)
    this.#trusts.set(pageOf(to), trust)
    const handlers = {
      signal: (description: Description | null, proof: string | null, candidates: Candidate[]) =>
        this.#on.signal(to, { description, proof, candidates }),
      changed,
      chat: (said: Said) => this.#on.chat(id, said),
      met: () => this.#on.met(id),
      heard: (raw: unknown) => this.#on.heard(id, raw),
      channel: (channel: RTCDataChannel) => this.#on.channel(id, channel),
    }
    const showing = this.#showingOf(id)
    const remote = new Remote(session, you < id, this.#factory, this.#outgoing, showing, trust, meeting.code, handlers)
    this.#remotes.set(id, remote)
    if (newcomer) remote.peer.wait()
    else remote.peer.offer()
    return remote
  }

  #showingOf(id: string): Shown {
    const showing = this.#showing.get(id) ?? { camera: null, screen: null }
    this.#showing.set(id, showing)
    return showing
  }

  #drop(id: string, remote: Remote): void {
    this.#remotes.delete(id)
    remote.close()
  }

  async #look(): Promise<void> {
    const looks = [...this.#remotes].map(async ([id, remote]) => {
      const seen = await remote.inspect()
      this.#on.changed(id)
      return [remote, seen] as const
    })
    // A connection may be closed while it is looked at.
    const done = (await Promise.allSettled(looks)).flatMap((look) => (look.status === 'fulfilled' ? [look.value] : []))
    // While its code cannot be fetched there is no diagnosis, and the next look tries again.
    await this.#diagnose(done).catch(() => undefined)
  }

  async #diagnose(done: readonly (readonly [Remote, Seen | null])[]): Promise<void> {
    const { Diagnosis, Watch, troublesOf } = await import('./diagnosis')
    if (this.#looking === undefined) return
    const conditions = done.flatMap(([remote, seen]) => {
      if (!seen) return []
      const watch = this.#watches.get(remote) ?? new Watch()
      this.#watches.set(remote, watch)
      return [watch.look(seen)]
    })
    this.#diagnosis ??= new Diagnosis()
    this.#troubled(this.#diagnosis.look(troublesOf(conditions)))
  }

  #troubled(trouble: Trouble | null): void {
    if (this.#trouble !== trouble) this.#on.troubled(trouble)
    this.#trouble = trouble
    this.#tellTrouble()
  }

  #tellTrouble(): void {
    for (const [id, remote] of this.#remotes) remote.tellTrouble(this.#leaders.has(id) ? this.#trouble : null)
  }

  #prepare(): void {
    clearTimeout(this.#preparing)
    if (this.#looking === undefined || !this.#hasSeat) return
    this.#preparing = setTimeout(() => {
      const busy = [...this.#remotes.values()].some(({ peer }) => peer.connection && peer.link === 'connecting')
      if (busy) this.#prepare()
      else this.#factory.prepareOffer(firstEncodings(this.#outgoing))
    }, PREPARE_DELAY)
  }
}

function pageOf({ id, session }: { id: string; session: string }): string {
  return `${id} ${session}`
}
