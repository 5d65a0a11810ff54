/**
 * Connections made before they are needed. On the prejoin page there is one for the answer, without a description: it
 * gathers nothing and tells nobody anything. In the room there is one with its offer ready, addresses included, for the
 * next person to come in.
 */
import type { Ice } from '../api/types'
import type { Codecs } from './codecs'
import { Connection, type FirstEncodings, type Groups } from './connection'
import { rtcServer } from './ice'

const ECDSA: EcKeyGenParams = { name: 'ECDSA', namedCurve: 'P-256' }

/** See the head of this file. */
export class ConnectionFactory {
  readonly #groups: Groups = { person: new MediaStream(), screen: new MediaStream() }
  /** What pictures go in beyond VP8; null until the browser has said what it can do, and where it cannot choose. */
  codecs: Codecs | null = null
  #certificate: RTCCertificate | null = null
  #ice: Ice | null = null
  #iceKey = ''
  #spareForAnswer: Connection | null = null
  #spareForOffer: Connection | null = null

  /** One certificate serves every connection of this page: making it takes longer than all the rest. */
  async warm(): Promise<void> {
    this.#certificate ??= await RTCPeerConnection.generateCertificate(ECDSA)
    this.#spareForAnswer ??= this.#answering()
    const { askBrowser } = await import('./codecs')
    this.codecs ??= await askBrowser()
  }

  config(): RTCConfiguration {
    return {
      // One transport for everything from the beginning: a quarter of the addresses to gather and to try.
      bundlePolicy: 'max-bundle',
      iceServers: (this.#ice?.servers ?? []).map(rtcServer),
      iceTransportPolicy: this.#ice?.policy ?? 'all',
      ...(this.#certificate && { certificates: [this.#certificate] }),
    }
  }

  /** Addresses of the servers from a snapshot; true when they are not those of before. */
  setIce(ice: Ice): boolean {
    const key = JSON.stringify(ice)
    if (key === this.#iceKey) return false
    this.#ice = ice
    this.#iceKey = key
    this.#spareForAnswer?.pc.setConfiguration(this.config())
    this.discardOffer()
    return true
  }

  /** A connection to answer with; the one that was made before, if it is still there. */
  forAnswer(): Connection {
    const connection = this.#spareForAnswer ?? this.#answering()
    this.#spareForAnswer = null
    return connection
  }

  /** A connection to offer with; where one was prepared, its `localDescription` is there already. */
  forOffer(first: FirstEncodings): Connection {
    const connection = this.#spareForOffer ?? this.#offering(first)
    this.#spareForOffer = null
    return connection
  }

  /** Prepares an offer for the next newcomer. Only for people in the room: from here on addresses are gathered. */
  prepareOffer(first: FirstEncodings): void {
    if (this.#spareForOffer) return
    const connection = this.#offering(first)
    this.#spareForOffer = connection
    connection.pc.setLocalDescription().catch(() => {
      if (this.#spareForOffer === connection) this.discardOffer()
    })
  }

  /** The network is another one: what was gathered is worth nothing any more. */
  discardOffer(): void {
    this.#spareForOffer?.close()
    this.#spareForOffer = null
  }

  close(): void {
    this.discardOffer()
    this.#spareForAnswer?.close()
    this.#spareForAnswer = null
  }

  #answering(): Connection {
    return Connection.forAnswer(this.config(), this.#groups, () => this.codecs)
  }

  #offering(first: FirstEncodings): Connection {
    return Connection.forOffer(this.config(), this.#groups, () => this.codecs, first)
  }
}
