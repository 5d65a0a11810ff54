/**
 * Which codec pictures are sent in: pure decisions from what this browser says of itself. In a mesh every receiver costs
 * an encoder of its own, so an encoder in hardware goes first, and one in software must not cost more than it saves.
 * Fetched on the prejoin page; a connection that begins before goes in VP8, which every browser has (RFC 7742).
 */
import type { Encoding } from './adaptation'

/** From the one that needs the fewest bits for the same picture to the one that needs the most. */
export const CODECS = ['AV1', 'VP9', 'H264', 'VP8'] as const
/** One of `CODECS`. */
export type Codec = (typeof CODECS)[number]

/** What a browser can do with each codec (W3C media-capabilities). */
export interface Abilities {
  /** Encoders that are there and fast enough, and where they are. */
  encodes: Partial<Record<Codec, 'hardware' | 'software'>>
  /** What can be received and shown without a stutter. */
  decodes: readonly Codec[]
}

/** What a picture is sent for. */
export interface Purpose {
  slot: 'camera' | 'screen'
  /** How many people it is encoded for, once for each. */
  receivers: number
  /** Processors of this machine, as the browser counts them. */
  cores: number
  /** The machine does not keep up. */
  strained: boolean
}

/** Share of VP8's bits for a picture as good; on the careful side, since encoders in real time reach less than on paper. */
const BITS: Record<Codec, number> = { AV1: 0.7, VP9: 0.8, H264: 1, VP8: 1 }
/** A machine with so many processors has some to spare for one camera in AV1, which takes twice VP8's time. */
const MANY_CORES = 8
/** A screen stands still most of the time, so its encoder rests; but each new page is work for all of them at once. */
const SCREENS_IN_SOFTWARE = 3
/** Repairs what gets lost, whatever the codec. */
const REPAIR: readonly string[] = ['video/rtx', 'video/red', 'video/ulpfec']

/** The codecs to send in, best first. VP8 is always among them, and under strain nothing in software but that. */
export function ranked({ encodes }: Abilities, purpose: Purpose): Codec[] {
  const inHardware = CODECS.filter((codec) => encodes[codec] === 'hardware')
  const inSoftware = CODECS.filter(
    (codec) => codec === 'VP8' || (encodes[codec] === 'software' && pays(codec, purpose)),
  )
  return [...new Set([...inHardware, ...inSoftware])]
}

/** The codecs to say that one takes, in the order of preference: first what one would send oneself. */
export function accepted(abilities: Abilities, slot: Purpose['slot'], cores: number): Codec[] {
  const own = ranked(abilities, { slot, receivers: 1, cores, strained: false })
  const taken: readonly Codec[] = [...abilities.decodes, 'VP8']
  return [
    ...new Set([...own.filter((codec) => taken.includes(codec)), ...CODECS.filter((codec) => taken.includes(codec))]),
  ]
}

/** H.264 in software saves nothing over VP8. */
function pays(codec: Codec, { slot, receivers, cores, strained }: Purpose): boolean {
  if (strained || codec === 'H264') return false
  if (slot === 'screen') return receivers <= SCREENS_IN_SOFTWARE
  return codec === 'AV1' && receivers === 1 && cores >= MANY_CORES
}

/**
 * The name of an entry of RTCRtpCapabilities, where it is the variant that is used here: the first profile, and of H.264
 * what every browser must have (constrained baseline, RFC 7742). Null for all others, and for what repairs losses.
 */
export function codecOf({ mimeType, sdpFmtpLine = '' }: { mimeType: string; sdpFmtpLine?: string }): Codec | null {
  const name = CODECS.find((codec) => `video/${codec}` === mimeType)
  if (name === 'VP9') return /profile-id=[1-9]/.test(sdpFmtpLine) ? null : name
  if (name === 'AV1') return /profile=[1-9]/.test(sdpFmtpLine) ? null : name
  if (name === 'H264') {
    return sdpFmtpLine.includes('packetization-mode=1') && /profile-level-id=42e0/i.test(sdpFmtpLine) ? name : null
  }
  return name ?? null
}

/** The entries of what is accepted, in that order, and what repairs them. Empty where the browser has none of it. */
export function pictures(codecs: readonly RTCRtpCodec[], accepts: readonly Codec[]): RTCRtpCodec[] {
  const wanted = accepts.flatMap((name) => codecs.filter((codec) => codecOf(codec) === name))
  const repair = codecs.filter(({ mimeType }) => REPAIR.includes(mimeType))
  return wanted.length > 0 ? [...wanted, ...repair] : []
}

/** What connections and people ask of all this. */
export class Codecs {
  constructor(private readonly abilities: Abilities) {}

  /** Of what this browser has for pictures, what it says it takes. */
  accepted(slot: Purpose['slot'], codecs: readonly RTCRtpCodec[]): RTCRtpCodec[] {
    return pictures(codecs, accepted(this.abilities, slot, navigator.hardwareConcurrency))
  }

  /** The same in the best codec that was agreed on. */
  encoded(
    encoding: Encoding,
    agreed: readonly RTCRtpCodec[],
    purpose: Omit<Purpose, 'cores'>,
  ): Encoding & { codec?: RTCRtpCodec } {
    for (const name of ranked(this.abilities, { ...purpose, cores: navigator.hardwareConcurrency })) {
      const codec = agreed.find((one) => codecOf(one) === name)
      if (codec) return { ...encoding, maxBitrate: Math.round(encoding.maxBitrate * BITS[name]), codec }
    }
    return encoding
  }
}

/**
 * Asks this browser; what it does not answer counts as not there. Null where senders cannot be told which codec to take:
 * such a browser would take what the other side likes best, whatever that costs here, so it stays with VP8.
 */
export async function askBrowser(): Promise<Codecs | null> {
  if (!('mediaCapabilities' in navigator) || !choosesCodecs()) return null
  const encodes: Abilities['encodes'] = {}
  const decodes: Codec[] = []
  for (const codec of CODECS) {
    const [encoding, decoding] = await Promise.all([ask('encodingInfo', codec), ask('decodingInfo', codec)])
    if (encoding?.supported && encoding.smooth) encodes[codec] = encoding.powerEfficient ? 'hardware' : 'software'
    if (decoding?.supported && decoding.smooth) decodes.push(codec)
  }
  return new Codecs({ encodes, decodes })
}

/** A browser that cannot be told ignores the wish, even an impossible one (W3C webrtc-extensions, section 6). */
function choosesCodecs(): boolean {
  const pc = new RTCPeerConnection()
  const impossible: RTCRtpEncodingParameters & { codec: object } = {
    codec: { mimeType: 'video/none', clockRate: 90_000 },
  }
  try {
    pc.addTransceiver('video', { sendEncodings: [impossible] })
    return false
  } catch {
    return true
  } finally {
    pc.close()
  }
}

/** Of the largest picture that is sent (adaptation.ts). */
async function ask(question: 'encodingInfo' | 'decodingInfo', codec: Codec): Promise<MediaCapabilitiesInfo | null> {
  const video = { contentType: `video/${codec}`, width: 1280, height: 720, bitrate: 1_200_000, framerate: 30 }
  try {
    return await navigator.mediaCapabilities[question]({ type: 'webrtc', video })
  } catch {
    return null
  }
}
