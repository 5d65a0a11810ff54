/** One other person: the connection to their page, and what travels over it in both directions. */
import type { Candidate, Description } from '../api/types'
import { cameraEncoding, screenEncoding, UNDISTURBED, type Encoding } from './adaptation'
import { ChatInlet, type Said } from './chat'
import type { Connection, FirstEncodings, Slot, Tracks } from './connection'
import type { ConnectionFactory } from './factory'
import type { Seen } from './diagnosis'
import type { Quality, Trouble } from './model'
import { ownPrint } from './prints'
import type { SafetyCode } from './safety_code'
import type { Trust } from './trust'
import { Peer } from './peer'
import { readObject } from './untrusted'
import type { Sample } from './quality'

/** What everybody gets from here; the mesh changes it in place. */
export interface Outgoing {
  tracks: Tracks
  /** Everybody in the room, oneself included. */
  people: number
}

/** Pixels of height at which each picture is shown: 0 hides, null is not known. */
export interface Shown {
  camera: number | null
  screen: number | null
}

/** What the mesh does for a person. */
export interface RemoteHandlers {
  signal(description: Description | null, proof: string | null, candidates: Candidate[]): void
  changed(): void
  chat(said: Said): void
  /** What people do together: a way to this page is there, it said something, it opened a channel for a file. */
  met(): void
  heard(raw: unknown): void
  channel(channel: RTCDataChannel): void
}

const FIRST_VOICE: RTCRtpEncodingParameters = { priority: 'high', networkPriority: 'high' }
const MOST_CONTROL_CHARACTERS = 200
/** 8K: more than any screen shows of one person. */
const MOST_HEIGHT = 4320
/** The worst first: of several one is told. */
export const TROUBLES: readonly Trouble[] = ['power', 'loss', 'bandwidth', 'delay', 'udp_blocked', 'relayed']
/** A tile that is drawn anew is gone for a moment: a sender that stopped at once would start again with a full picture. */
const SHOW_DELAY = 50
const HIDE_DELAY = 1000
const MOST_WAITING_CHAT = 50

/** See the head of this file. */
export class Remote {
  readonly peer: Peer
  quality: Quality = 'good'
  /** What this person's page says is wrong on its side. */
  trouble: Trouble | null = null
  readonly #outgoing: Outgoing
  readonly #on: RemoteHandlers
  readonly #inlet = new ChatInlet()
  /** What was written while the first connection to this person was still being made. */
  #waitingChat: string[] = []
  #shown: Shown = { camera: null, screen: null }
  readonly #showing: Shown
  #said = ''
  /** What is wrong here, and what this person was last told of that. */
  #own: Trouble | null = null
  #ownTold: Trouble | null = null
  #showTimer: ReturnType<typeof setTimeout> | undefined
  #applied = new Map<Slot, string>()
  #pace = UNDISTURBED
  /** Bits per second that the camera is allowed now. */
  #target = 0
  #sample: Sample | null = null
  #up = true
  #away = false
  #code: Promise<SafetyCode | null> | null = null
  #digits: string | null = null

  constructor(
    session: string,
    private readonly polite: boolean,
    private readonly factory: ConnectionFactory,
    outgoing: Outgoing,
    /** What is shown of this person here; changed in place by the mesh. */
    showing: Shown,
    readonly trust: Trust,
    /** The code of the meeting. */
    private readonly meeting: string,
    handlers: RemoteHandlers,
  ) {
    this.#outgoing = outgoing
    this.#showing = showing
    this.#on = handlers
    this.peer = new Peer(session, polite, {
      signal: (description, candidates) =>
        trust.send(description, (proof) => handlers.signal(description, proof, candidates)),
      forOffer: () => factory.forOffer(firstEncodings(outgoing)),
      forAnswer: () => factory.forAnswer(),
      opened: (connection) => this.#opened(connection),
      ready: () => this.update(),
      changed: () => {
        if (this.peer.link === 'connected') {
          this.update()
          this.#look()
        }
        handlers.changed()
      },
    })
  }

  /** Level of the voice that arrives, 0 to 1, measured by the browser as it plays. */
  get level(): number {
    return this.peer.connection?.receiver('microphone')?.getSynchronizationSources()[0]?.audioLevel ?? 0
  }

  /** The other page has its socket, so an offer or an answer is to be expected. */
  get here(): boolean {
    return !this.#away
  }

  /** Digits to compare by voice; null until they are there. */
  get safetyCode(): string | null {
    return this.#digits
  }

  receive(description: Description | null, proof: string | null, candidates: readonly Candidate[]): void {
    this.trust.receive(description, proof, () => this.peer.receive(description, candidates))
  }

  /** `up`: the own socket; `away`: the other's is gone. */
  setReachable(up: boolean, away = this.#away): void {
    this.#up = up
    this.#away = away
    this.peer.setReachable(this.#up && !this.#away)
  }

  /** What is shown of this person here changed (`showing`): they are told, so that they send no more than that. */
  showingChanged(hidden: boolean): void {
    clearTimeout(this.#showTimer)
    this.#showTimer = setTimeout(() => this.#sendShow(), hidden ? HIDE_DELAY : SHOW_DELAY)
  }

  /** False when it cannot reach this person. While the connection is restored the browser keeps what is to be sent. */
  sendChat(message: string): boolean {
    const chat = this.peer.connection?.chat
    if (chat?.readyState === 'open') return trySend(chat, message)
    if (this.peer.link === 'restoring' || this.#waitingChat.length >= MOST_WAITING_CHAT) return false
    this.#waitingChat.push(message)
    return true
  }

  /** Whether what people do together reaches this person now. */
  get reached(): boolean {
    return this.peer.connection?.together.readyState === 'open'
  }

  tell(message: string): boolean {
    const together = this.peer.connection?.together
    return together?.readyState === 'open' && trySend(together, message)
  }

  /** A new channel to this page; null while there is no way. */
  openChannel(label: string): RTCDataChannel | null {
    return this.reached ? (this.peer.connection?.pc.createDataChannel(label) ?? null) : null
  }

  /** Tells this person what is wrong here. */
  tellTrouble(trouble: Trouble | null): void {
    this.#own = trouble
    const control = this.peer.connection?.control
    if (trouble === this.#ownTold || control?.readyState !== 'open') return
    if (trySend(control, JSON.stringify({ trouble }))) this.#ownTold = trouble
  }

  /** Brings tracks and limits up to date with what is to be sent. */
  update(): void {
    const { connection } = this.peer
    if (!connection) return
    const { tracks, people } = this.#outgoing
    connection.send(tracks)
    const { step } = this.#pace
    const { camera, screen } = this.#shown
    const capture = captureOf(tracks.camera)
    const picture = this.#encoded('camera', cameraEncoding({ people, capture, shown: camera, step }))
    this.#target = picture.maxBitrate
    this.#limit('microphone', FIRST_VOICE)
    this.#limit('camera', picture)
    const shared = screenEncoding({ people, capture: captureOf(tracks.screen), shown: screen, step })
    this.#limit('screen', this.#encoded('screen', shared))
  }

  /** One look at the statistics: how it is for the person here, and what that means for sending. Null where there is none. */
  async inspect(): Promise<Seen | null> {
    const { connection, link } = this.peer
    if (!connection) return null
    this.#look()
    const [{ judge, readSample }, { adapt }] = await Promise.all([import('./quality'), import('./pace')])
    const stats = await connection.pc.getStats()
    const sample = readSample(stats.values())
    this.quality = judge(link, this.#sample, sample)
    this.#sample = sample
    this.#pace = adapt(this.#pace, sample.health, this.#target)
    this.update()
    if (link !== 'connected') return null
    return { stats: stats.values(), config: connection.pc.getConfiguration(), target: this.#target }
  }

  close(): void {
    clearTimeout(this.#showTimer)
    this.peer.close()
  }

  #opened(connection: Connection): void {
    const { chat, control, together, pc } = connection
    chat.onmessage = ({ data }: MessageEvent<unknown>) => {
      const said = this.#inlet.read(data, Date.now())
      if (said !== null) this.#on.chat(said)
    }
    chat.onopen = () => {
      for (const message of this.#waitingChat.splice(0)) trySend(chat, message)
    }
    this.#code = null
    this.#digits = null
    this.trust.restart()
    control.onmessage = ({ data }: MessageEvent<unknown>) => this.#hear(data)
    control.onopen = () => {
      this.#sendShow()
      this.tellTrouble(this.#own)
      this.#beginCode(control)
    }
    together.onmessage = ({ data }: MessageEvent<unknown>) => this.#on.heard(data)
    together.onopen = () => this.#on.met()
    pc.ondatachannel = ({ channel }) => this.#on.channel(channel)
    this.#said = ''
    this.#ownTold = null
    this.#applied = new Map()
    this.#sample = null
  }

  #sendShow(): void {
    const control = this.peer.connection?.control
    const message = JSON.stringify({ show: this.#showing })
    if (control?.readyState === 'open' && message !== this.#said && trySend(control, message)) this.#said = message
  }

  #look(): void {
    const { connection } = this.peer
    // Refused by a connection that was closed meanwhile.
    if (connection && canHash()) this.#lookAt(connection.pc).catch(() => undefined)
  }

  async #lookAt(pc: RTCPeerConnection): Promise<void> {
    const live = await this.trust.look(pc)
    const code = await this.#code
    await code?.between(ownPrint(pc), live)
  }

  /** Fetched when pictures flow already: nobody needs it for them. */
  #beginCode(control: RTCDataChannel): void {
    if (!canHash()) return
    const made = import('./safety_code').then(
      ({ SafetyCode }) => {
        const send = (message: object) => trySend(control, JSON.stringify({ code: message }))
        const code: SafetyCode = new SafetyCode(!this.polite, this.meeting, send, () => {
          if (this.#code !== made) return
          this.#digits = code.digits
          this.#on.changed()
        })
        code.begin()
        return code
      },
      () => null,
    )
    this.#code = made
    void made.then(() => this.#look())
  }

  #hear(raw: unknown): void {
    const said = readControl(raw)
    if (said['code'] !== undefined) void this.#code?.then((code) => code?.hear(said['code']))
    if (said['trouble'] !== undefined) {
      this.trouble = readTrouble(said['trouble'])
      this.#on.changed()
    }
    const shown = readShow(said['show'])
    if (!shown) return
    this.#shown = shown
    this.update()
  }

  /** In the best codec that was agreed on, where this browser can choose. */
  #encoded(slot: 'camera' | 'screen', encoding: Encoding): Encoding {
    const agreed = this.peer.connection?.sender(slot)?.getParameters().codecs ?? []
    const purpose = { slot, receivers: this.#outgoing.people - 1, strained: this.#pace.strained }
    return this.factory.codecs?.encoded(encoding, agreed, purpose) ?? encoding
  }

  #limit(slot: Slot, encoding: Partial<RTCRtpEncodingParameters>): void {
    const sender = this.peer.connection?.sender(slot)
    const key = JSON.stringify(encoding)
    if (!sender || !this.#outgoing.tracks[slot] || this.#applied.get(slot) === key) return
    this.#applied.set(slot, key)
    setEncoding(sender, encoding).catch(() => {
      // Overtaken by a negotiation, which makes parameters stale: the next look tries again.
      this.#applied.delete(slot)
    })
  }
}

/** What a connection for an offer starts with. */
export function firstEncodings({ tracks, people }: Outgoing): FirstEncodings {
  const first = { people, shown: null, step: 0 }
  return {
    microphone: FIRST_VOICE,
    camera: { ...cameraEncoding({ ...first, capture: captureOf(tracks.camera) }) },
    screen: { ...screenEncoding({ ...first, capture: captureOf(tracks.screen) }) },
  }
}

async function setEncoding(sender: RTCRtpSender, encoding: Partial<RTCRtpEncodingParameters>): Promise<void> {
  const parameters = sender.getParameters()
  const first = parameters.encodings[0]
  if (!first) throw new DOMException('not negotiated yet', 'InvalidStateError')
  Object.assign(first, encoding)
  await sender.setParameters(parameters)
}

function captureOf(track: MediaStreamTrack | null): { width: number; height: number } {
  const { width = 0, height = 0 } = track?.getSettings() ?? {}
  return { width, height }
}

/** What a peer says beside the media; empty for anything that is not ours. */
export function readControl(raw: unknown): Record<string, unknown> {
  return readObject(raw, MOST_CONTROL_CHARACTERS)
}

/** What a peer says it shows; null for anything else. */
export function readShow(said: unknown): Shown | null {
  if (typeof said !== 'object' || said === null) return null
  const { camera, screen } = said as Partial<Record<keyof Shown, unknown>>
  return { camera: heightOf(camera), screen: heightOf(screen) }
}

/** What another page says is wrong on its side; null for nothing, and for what this page does not know. */
export function readTrouble(said: unknown): Trouble | null {
  return TROUBLES.find((trouble) => trouble === said) ?? null
}

/** A page that was not loaded securely has no cryptography. */
function canHash(): boolean {
  return 'subtle' in crypto
}

function heightOf(value: unknown): number | null {
  return typeof value === 'number' && value >= 0 && value <= MOST_HEIGHT ? value : null
}

function trySend(channel: RTCDataChannel, message: string): boolean {
  try {
    channel.send(message)
    return true
  } catch {
    // The buffer is full: whoever does not read for so long is not there.
    return false
  }
}
