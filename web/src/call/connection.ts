/**
 * One RTCPeerConnection with everything that this product puts on it: four media slots and three data channels, in an
 * order that both sides rely on. Nothing is added later, so switching things on and off never negotiates.
 */
import type { Codecs } from './codecs'

/** What somebody sends, in the order of the SDP's media sections. */
export const SLOTS = ['microphone', 'camera', 'screen', 'screenSound'] as const
/** One of `SLOTS`. */
export type Slot = (typeof SLOTS)[number]
/** What is sent in each slot; null sends nothing. */
export type Tracks = Record<Slot, MediaStreamTrack | null>
/** What arrives in each slot. */
export type Streams = Record<Slot, MediaStream>

/** Nothing is sent. */
export function noTracks(): Tracks {
  return { microphone: null, camera: null, screen: null, screenSound: null }
}

const KINDS: Record<Slot, 'audio' | 'video'> = {
  microphone: 'audio',
  camera: 'video',
  screen: 'video',
  screenSound: 'audio',
}

/**
 * What every WebRTC browser has (RFC 7742, RFC 7874). Leaving out the rest halves the descriptions, and with them the time
 * that browsers need for each; codecs.ts knows what else pictures are worth sending in.
 */
const BASIC: Record<'audio' | 'video', readonly string[]> = {
  audio: ['audio/opus'],
  video: ['video/VP8', 'video/rtx', 'video/red', 'video/ulpfec'],
}

/** Ids of the data channels, which are negotiated by this agreement alone. */
const CHAT_CHANNEL = 0
const CONTROL_CHANNEL = 1
const TOGETHER_CHANNEL = 2

/**
 * Streams that tracks are announced in. The browser keeps tracks of one stream in step, so voice and face share one;
 * they never hold a track themselves.
 */
export interface Groups {
  person: MediaStream
  screen: MediaStream
}

/** Encoding that a sender starts with, before the other side has said what it shows. */
export type FirstEncodings = Partial<Record<Slot, RTCRtpEncodingParameters>>

/** See the head of this file. */
export class Connection {
  readonly pc: RTCPeerConnection
  readonly chat: RTCDataChannel
  readonly control: RTCDataChannel
  readonly together: RTCDataChannel
  readonly #groups: Groups
  readonly #codecs: () => Codecs | null
  #slots: Partial<Record<Slot, RTCRtpTransceiver>> = {}
  #streams: Streams | null = null

  private constructor(config: RTCConfiguration, groups: Groups, codecs: () => Codecs | null) {
    this.pc = new RTCPeerConnection(config)
    this.#groups = groups
    this.#codecs = codecs
    this.chat = this.pc.createDataChannel('chat', { negotiated: true, id: CHAT_CHANNEL })
    this.control = this.pc.createDataChannel('control', { negotiated: true, id: CONTROL_CHANNEL })
    this.together = this.pc.createDataChannel('together', { negotiated: true, id: TOGETHER_CHANNEL })
  }

  /** For the side that makes the first offer. */
  static forOffer(
    config: RTCConfiguration,
    groups: Groups,
    codecs: () => Codecs | null,
    first: FirstEncodings,
  ): Connection {
    const connection = new Connection(config, groups, codecs)
    for (const slot of SLOTS) {
      const transceiver = connection.pc.addTransceiver(KINDS[slot], {
        direction: 'sendrecv',
        streams: [connection.#group(slot)],
        sendEncodings: [first[slot] ?? {}],
      })
      connection.#prefer(slot, transceiver)
      connection.#slots[slot] = transceiver
    }
    return connection
  }

  /** For the side that answers: its slots come out of the offer. Ones made here would never be matched with it (JSEP). */
  static forAnswer(config: RTCConfiguration, groups: Groups, codecs: () => Codecs | null): Connection {
    return new Connection(config, groups, codecs)
  }

  /** What the other side sends; null until its description is there. The streams stay the same from then on. */
  get streams(): Streams | null {
    return this.#streams
  }

  /** Where media flows from here on out, as far as this browser knows. */
  get flowing(): boolean {
    return this.pc.connectionState === 'connected'
  }

  /** Takes what the other side offered or answered into use; to be called after the first remote description. */
  adopt(): void {
    if (this.#streams) return
    const transceivers = this.pc.getTransceivers()
    const streams: Partial<Streams> = {}
    for (const [index, slot] of SLOTS.entries()) {
      const transceiver = transceivers[index]
      if (transceiver?.receiver.track.kind !== KINDS[slot]) throw new TypeError('an offer that is not ours')
      if (!this.#slots[slot]) {
        this.#prefer(slot, transceiver)
        transceiver.direction = 'sendrecv'
        // Without it the answer would name no stream, and the other browser could not keep voice and face in step.
        if ('setStreams' in transceiver.sender) transceiver.sender.setStreams(this.#group(slot))
      }
      this.#slots[slot] = transceiver
      streams[slot] = new MediaStream([transceiver.receiver.track])
    }
    this.#streams = streams as Streams
  }

  sender(slot: Slot): RTCRtpSender | null {
    return this.#slots[slot]?.sender ?? null
  }

  receiver(slot: Slot): RTCRtpReceiver | null {
    return this.#slots[slot]?.receiver ?? null
  }

  /** Sends these tracks from now on. Nothing is negotiated, and nothing happens where nothing changed. */
  send(tracks: Tracks): void {
    for (const slot of SLOTS) {
      const sender = this.sender(slot)
      // Refused only on a connection that has been closed meanwhile.
      if (sender && sender.track !== tracks[slot]) sender.replaceTrack(tracks[slot]).catch(() => undefined)
    }
  }

  close(): void {
    this.pc.onicecandidate = null
    this.pc.onconnectionstatechange = null
    this.pc.oniceconnectionstatechange = null
    this.pc.onnegotiationneeded = null
    this.pc.ondatachannel = null
    for (const channel of [this.chat, this.control, this.together]) channel.onopen = channel.onmessage = null
    this.pc.close()
  }

  /** Leaving out what is not wanted shortens the descriptions, and with them the time that browsers need for each. */
  #prefer(slot: Slot, transceiver: RTCRtpTransceiver): void {
    // Firefox has it since 128, whatever the types say.
    if (!('setCodecPreferences' in transceiver)) return
    const kind = KINDS[slot]
    const all = RTCRtpReceiver.getCapabilities(kind)?.codecs ?? []
    const basic = all.filter(({ mimeType }) => BASIC[kind].includes(mimeType))
    const pictures = slot === 'camera' || slot === 'screen' ? this.#codecs()?.accepted(slot, all) : undefined
    const wanted = pictures ?? basic
    if (wanted.some(({ mimeType }) => mimeType === BASIC[kind][0])) transceiver.setCodecPreferences(wanted)
  }

  #group(slot: Slot): MediaStream {
    return slot === 'microphone' || slot === 'camera' ? this.#groups.person : this.#groups.screen
  }
}

/**
 * Names the RTCPeerConnection that wrote a description: browsers keep the session id of the `o=` line for the life of a
 * connection (RFC 8829, section 5.2.1). A new one means that the other side began anew.
 */
export function originOf(sdp: string): string | null {
  return /^o=\S+ (\d+)/m.exec(sdp)?.[1] ?? null
}

/**
 * Asks the other side to send next to nothing while it is silent (DTX; RFC 7587, section 6.1). Browsers repair lost packets
 * of a voice (FEC) without being asked.
 */
export function withSilence(sdp: string): string {
  return sdp.replaceAll('useinbandfec=1', 'useinbandfec=1;usedtx=1')
}
