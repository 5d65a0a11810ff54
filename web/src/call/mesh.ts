/** Everybody's connections: made, kept and dropped by what the room says, never by what the socket does. */
import type { Candidate, Description, Ice, PeerSignal } from '../api/types'
import { noTracks, type Tracks } from './connection'
import { ConnectionFactory } from './factory'
import { firstEncodings, Remote, type Outgoing, type Shown } from './remote'
import type { Room } from './room'

/** What the call does for the mesh. */
export interface MeshHandlers {
  /** False when it cannot be handed on now. */
  signal(to: string, session: string, description: Description | null, candidates: Candidate[]): boolean
  /** Something about the connection to this person changed. */
  changed(id: string): void
  chat(id: string, text: string): void
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
  /** What the page shows of whom; outlives connections, because the page only tells what changes. */
  readonly #showing = new Map<string, Shown>()
  #up = false
  #hasSeat = false
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

  /** Prepares what can be prepared before one is let in, without touching the network. */
  warm(): Promise<void> {
    return this.#factory.warm()
  }

  /**
   * Brings the connections in step with the room. `newcomer`: one has just come in, and waits for the others' offers;
   * otherwise whoever is new gets an offer from here.
   */
  sync(room: Room, newcomer = false): void {
    const others = room.participants.filter(({ id }) => id !== room.you)
    const expected = new Map(others.map((person) => [person.id, person]))
    this.#outgoing.people = room.participants.length
    this.#hasSeat = room.participants.length < room.meeting.limit
    for (const [id, remote] of this.#remotes) {
      const gone = expected.get(id)?.session !== remote.peer.session
      // A newcomer for the others, too: they have dropped their end, unless it still works.
      const dropped = newcomer && remote.peer.connection?.flowing !== true
      if (gone || dropped) this.#drop(id, remote)
    }
    for (const { id, session, away_since } of others) {
      const remote = this.#remotes.get(id) ?? this.#add(id, session, room.you < id, newcomer)
      remote.setReachable(this.#up, away_since !== null)
    }
    for (const remote of this.#remotes.values()) remote.update()
    this.#looking ??= setInterval(() => this.#look(), LOOK_INTERVAL)
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

  receive({ sender, sender_session, description, candidates }: PeerSignal): void {
    const remote = this.#remotes.get(sender)
    // From a page that is gone: what it says is about a connection that is gone.
    if (remote?.peer.session === sender_session) remote.peer.receive(description, candidates)
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

  /** How many people a message was given to. */
  sendChat(message: string): number {
    return [...this.#remotes.values()].filter((remote) => remote.sendChat(message)).length
  }

  /** One is somebody else from here on: nothing of before holds. */
  clear(): void {
    for (const [id, remote] of this.#remotes) this.#drop(id, remote)
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
    this.clear()
    this.#factory.close()
  }

  #add(id: string, session: string, polite: boolean, newcomer: boolean): Remote {
    const remote = new Remote(session, polite, this.#factory, this.#outgoing, this.#showingOf(id), {
      signal: (description, candidates) => this.#on.signal(id, session, description, candidates),
      changed: () => this.#on.changed(id),
      chat: (text) => this.#on.chat(id, text),
    })
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

  #look(): void {
    for (const [id, remote] of this.#remotes) {
      remote.inspect().then(
        () => this.#on.changed(id),
        // Closed while it was looked at.
        () => undefined,
      )
    }
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
