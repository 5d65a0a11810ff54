/**
 * The connection to one person's page: perfect negotiation (W3C WebRTC, section 10.7) over a relay that may lose
 * messages, and help for a connection that does not flow. When it happens and to whom is the mesh's business.
 */
import type { Candidate, Description } from '../api/types'
import type { Peer as PeerModel } from './model'
import { originOf, withSilence, type Connection } from './connection'

/** How a connection is; see `Peer` in model.ts. */
export type Link = PeerModel['link']

/** What the mesh does for a peer. */
export interface PeerHandlers {
  /** Hand this to the other page; what cannot be handed on now is lost. */
  signal(description: Description | null, candidates: Candidate[]): void
  forOffer(): Connection
  forAnswer(): Connection
  /** A new connection is in place. */
  opened(connection: Connection): void
  /** It has its slots, and its description is out: now nobody waits for tracks and limits to be set. */
  ready(): void
  /** `link` or `connection.streams` changed. */
  changed(): void
}

/** Milliseconds. */
const CANDIDATE_BATCH = 5
/** How long a first connection may take before it is helped, and how long between two attempts. */
const FIRST_HELP = 8000
const NEXT_HELP = 8000
/** A short interruption heals by itself more often than not. */
const DISCONNECTED_HELP = 2000
/** The polite side leaves the first attempt to the other, so that two of them rarely meet. */
const POLITE_WAIT = 1000
const RESTARTS_BEFORE_REBUILD = 3
/** The server takes this many in one message (Signal.candidates). */
const MOST_CANDIDATES = 64

/** See the head of this file. */
export class Peer {
  readonly #polite: boolean
  readonly #on: PeerHandlers
  #connection: Connection | null = null
  #link: Link = 'connecting'
  #work: Promise<void> = Promise.resolve()
  #makingOffer = false
  #answerPending = false
  /** Origin of the description that the other side is connected with; those of connections that it has given up. */
  #origin: string | null = null
  readonly #retired = new Set<string>()
  #candidates: Candidate[] = []
  #batch: ReturnType<typeof setTimeout> | undefined
  #help: ReturnType<typeof setTimeout> | undefined
  #attempts = 0
  #reachable = true
  #stale = false
  #closed = false

  constructor(
    /** The other page: a reload makes another one. */
    readonly session: string,
    polite: boolean,
    handlers: PeerHandlers,
  ) {
    this.#polite = polite
    this.#on = handlers
  }

  get link(): Link {
    return this.#link
  }

  get connection(): Connection | null {
    return this.#connection
  }

  /** Whether ICE has begun to look for a way. */
  get begun(): boolean {
    return this.#connection !== null && this.#connection.pc.iceConnectionState !== 'new'
  }

  /** Offers: what the one does who was in the room first. */
  offer(): void {
    this.#use(this.#on.forOffer())
    if (this.#connection?.pc.localDescription) this.#describe(this.#connection)
    else void this.#negotiate()
    this.#on.ready()
    this.#helpIn(FIRST_HELP)
  }

  /** Waits for an offer; if none comes, offers after all. */
  wait(): void {
    this.#helpIn(FIRST_HELP)
  }

  /** Takes what the other page sent, one after the other. */
  receive(description: Description | null, candidates: readonly Candidate[]): void {
    this.#work = this.#work.then(async () => {
      if (this.#closed) return
      try {
        if (description) await this.#described(description)
      } catch {
        // A description that this browser cannot use: the next attempt is made from the ground up.
        this.#attempts = RESTARTS_BEFORE_REBUILD
        this.#helpIn(POLITE_WAIT)
      }
      for (const candidate of candidates) this.#candidate(candidate)
    })
  }

  /** Whether messages reach the other page: the own socket is up and the other is not away. */
  setReachable(reachable: boolean): void {
    if (reachable === this.#reachable) return
    this.#reachable = reachable
    // What was sent meanwhile may be lost. A healthy connection has nothing to say, and is left alone.
    if (!reachable || this.#healthy()) return
    this.#helpIn(this.#connection ? (this.#polite ? POLITE_WAIT : 0) : FIRST_HELP)
  }

  /** The network changed: find a way again, even if this one still seems to work. */
  refresh(): void {
    this.#stale = true
    this.#helpIn(this.#polite ? POLITE_WAIT : 0)
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#help)
    clearTimeout(this.#batch)
    this.#connection?.close()
    this.#connection = null
  }

  #healthy(): boolean {
    const pc = this.#connection?.pc
    return this.#connection?.flowing === true && pc?.signalingState === 'stable' && !this.#stale
  }

  #use(connection: Connection): void {
    const { pc } = connection
    this.#connection?.close()
    if (this.#origin) this.#retired.add(this.#origin)
    this.#origin = null
    this.#connection = connection
    this.#makingOffer = this.#answerPending = this.#stale = false
    this.#candidates = []
    pc.onicecandidate = ({ candidate }) => candidate?.candidate && this.#found(candidate)
    pc.onconnectionstatechange = () => this.#watch(connection)
    pc.oniceconnectionstatechange = () => this.#on.changed()
    pc.onnegotiationneeded = () => {
      // The first offer is made by hand; this event is for restarts.
      if (pc.remoteDescription) void this.#negotiate()
    }
    this.#on.opened(connection)
    this.#on.changed()
  }

  async #negotiate(): Promise<void> {
    const connection = this.#connection
    if (!connection) return
    try {
      this.#makingOffer = true
      await connection.pc.setLocalDescription()
      if (connection === this.#connection) this.#describe(connection)
    } catch {
      // Closed meanwhile, or overtaken by an offer of the other side: whoever is right now goes on.
    } finally {
      if (connection === this.#connection) this.#makingOffer = false
    }
  }

  #describe(connection: Connection): void {
    const description = connection.pc.localDescription
    if (!description) return
    // Addresses found until now stand in the description itself.
    this.#candidates = []
    this.#stale = false
    this.#on.signal({ type: description.type, sdp: withSilence(description.sdp) }, [])
  }

  async #described(description: Description): Promise<void> {
    const origin = originOf(description.sdp)
    if (origin !== null && this.#retired.has(origin)) return
    const anew = this.#origin !== null && origin !== this.#origin
    if (description.type === 'answer') {
      if (this.#connection?.pc.signalingState !== 'have-local-offer') return
      // The answer comes from another connection than ours is with: both must begin anew.
      if (anew) this.offer()
      else await this.#answered(this.#connection, description, origin)
    } else if (description.type === 'offer') {
      await this.#offered(description, origin, anew)
    }
  }

  async #answered(connection: Connection, description: Description, origin: string | null): Promise<void> {
    this.#answerPending = true
    try {
      await connection.pc.setRemoteDescription(description)
    } finally {
      this.#answerPending = false
    }
    this.#adopt(connection, origin)
  }

  async #offered(description: Description, origin: string | null, anew: boolean): Promise<void> {
    const before = this.#connection?.pc
    const ready = !this.#makingOffer && (!before || before.signalingState === 'stable' || this.#answerPending)
    if (!anew && !ready && !this.#polite) return
    // Slots of an offer that was never answered do not fit into the other side's offer: answer from a clean one.
    if (anew || !before?.remoteDescription) this.#use(this.#on.forAnswer())
    const connection = this.#connection
    if (!connection) return
    await connection.pc.setRemoteDescription(description)
    if (connection !== this.#connection) return
    this.#adopt(connection, origin)
    await connection.pc.setLocalDescription()
    if (connection !== this.#connection) return
    this.#describe(connection)
    this.#on.ready()
  }

  #adopt(connection: Connection, origin: string | null): void {
    if (connection !== this.#connection) return
    this.#origin = origin
    if (connection.streams) return
    connection.adopt()
    this.#on.changed()
  }

  #candidate(candidate: Candidate): void {
    // Refused are addresses of an offer that was passed over, or of a connection that is no more.
    this.#connection?.pc.addIceCandidate(candidate).catch(() => undefined)
  }

  #found({ candidate, sdpMid, sdpMLineIndex, usernameFragment }: RTCIceCandidate): void {
    if (this.#candidates.length === 0) this.#batch = setTimeout(() => this.#flush(), CANDIDATE_BATCH)
    this.#candidates.push({ candidate, sdpMid, sdpMLineIndex, usernameFragment })
    if (this.#candidates.length >= MOST_CANDIDATES) this.#flush()
  }

  #flush(): void {
    clearTimeout(this.#batch)
    const candidates = this.#candidates.splice(0)
    if (candidates.length > 0) this.#on.signal(null, candidates)
  }

  #watch(connection: Connection): void {
    if (connection !== this.#connection) return
    const polite = this.#polite ? POLITE_WAIT : 0
    switch (connection.pc.connectionState) {
      case 'connected':
        this.#attempts = 0
        clearTimeout(this.#help)
        this.#setLink('connected')
        break
      case 'disconnected':
        this.#setLink('restoring')
        this.#helpIn(DISCONNECTED_HELP + polite)
        break
      case 'failed':
        this.#setLink('restoring')
        this.#helpIn(polite)
        break
      default:
    }
  }

  #setLink(link: Link): void {
    if (this.#link === link) return
    this.#link = link
    this.#on.changed()
  }

  #helpIn(milliseconds: number): void {
    clearTimeout(this.#help)
    if (!this.#closed) this.#help = setTimeout(() => this.#helpNow(), milliseconds)
  }

  /** Tries the mildest thing that can help: say it again, find new ways, begin anew. */
  #helpNow(): void {
    if (this.#healthy() || !this.#reachable) return
    this.#helpIn(NEXT_HELP + (this.#polite ? POLITE_WAIT : 0))
    const connection = this.#connection
    const anew = !connection || this.#attempts++ >= RESTARTS_BEFORE_REBUILD
    if (anew) {
      this.#attempts = 0
      this.offer()
    } else if (connection.pc.signalingState === 'have-local-offer') {
      this.#describe(connection)
    } else {
      this.#stale = false
      connection.pc.restartIce()
    }
  }
}
