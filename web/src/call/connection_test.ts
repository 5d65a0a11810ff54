/**
 * What a network lets through, found out before anybody joins: the way to our server, the ways that media can take, and
 * how much passes. No markup; `judge` says what it means.
 */
import { socketUrl } from '../api/client'
import type { Ice, IceServer } from '../api/types'
import { rtcServer } from './ice'

/** Milliseconds. */
const PATIENCE = 8000
const PINGS = 5
/** Bytes. */
const PIECE = 32 * 1024
const UPLOADED_PIECES = 16

/** What was found; null where it could not be tried, or is not known yet. */
export interface NetworkFindings {
  /** Milliseconds to our server and back; null when it cannot be reached by WebSocket. */
  roundTrip: number | null
  /** Whether two connections of this very page find each other: a browser, or what guards it, may not allow any. */
  peers: boolean | null
  /** Whether relays are reached over UDP, and over TCP or TLS. */
  relayUdp: boolean | null
  relayTcp: boolean | null
  /** Whether a STUN server was reached over UDP. */
  stun: boolean | null
  /** Megabits a second. */
  down: number | null
  up: number | null
}

export type Step = 'site' | 'peers' | 'relay' | 'speed'

/** Goes through all steps one after the other, since they would disturb each other; `found` is called after each. */
export async function testNetwork(
  found: (step: Step, findings: NetworkFindings) => void,
  signal: AbortSignal,
): Promise<NetworkFindings> {
  const findings: NetworkFindings = {
    roundTrip: null,
    peers: null,
    relayUdp: null,
    relayTcp: null,
    stun: null,
    down: null,
    up: null,
  }
  const line = await Line.open(signal)
  findings.roundTrip = line ? await line.roundTrip() : null
  found('site', { ...findings })
  findings.peers = await meets({}, signal)
  found('peers', { ...findings })
  const servers = line?.ice.servers ?? []
  const [stun, udp, tcp] = [ways(servers, /^stuns?:/u), ways(servers, UDP), ways(servers, TCP)]
  const relayed = (iceServers: IceServer[]) =>
    iceServers.length > 0 ? meets({ iceServers: iceServers.map(rtcServer), iceTransportPolicy: 'relay' }, signal) : null
  findings.stun = stun.length > 0 ? await reflects(stun, signal) : null
  findings.relayUdp = await relayed(udp)
  findings.relayTcp = await relayed(tcp)
  found('relay', { ...findings })
  if (line) {
    findings.down = await line.download()
    findings.up = await line.upload()
    line.close()
  }
  found('speed', { ...findings })
  return findings
}

const UDP = /^turn:(?!.*transport=tcp)/u
const TCP = /^turns:|^turn:.*transport=tcp/u

/** The addresses of one kind, each entry with its credentials. */
export function ways(servers: readonly IceServer[], kind: RegExp): IceServer[] {
  return servers
    .map((server) => ({ ...server, urls: server.urls.filter((url) => kind.test(url)) }))
    .filter((server) => server.urls.length > 0)
}

export type Finding =
  | 'site_lost'
  | 'site_slow'
  | 'peers_blocked'
  | 'relay_lost'
  | 'udp_blocked'
  | 'udp_unknown'
  | 'speed_low'
  | 'speed_some'

/** Milliseconds, and megabits a second. */
const SLOW = 400
const SOUND_ONLY = 0.3
const ALL = 1.2

/** What is worth saying, the worst first; nothing at all when everything is as it should be. */
export function judge(of: NetworkFindings): Finding[] {
  const found: Finding[] = []
  if (of.roundTrip === null) found.push('site_lost')
  if (of.peers === false) found.push('peers_blocked')
  const relays = [of.relayUdp, of.relayTcp].filter((one) => one !== null)
  const out = of.relayUdp ?? of.stun
  if (relays.length > 0 && !relays.includes(true)) found.push('relay_lost')
  else if (out === false) found.push('udp_blocked')
  else if (out === null && of.roundTrip !== null) found.push('udp_unknown')
  const least = Math.min(of.down ?? Infinity, of.up ?? Infinity)
  if (least < SOUND_ONLY) found.push('speed_low')
  else if (least < ALL) found.push('speed_some')
  if (of.roundTrip !== null && of.roundTrip > SLOW) found.push('site_slow')
  return found
}

/** Whether people can talk at all with this. */
export function works(findings: readonly Finding[]): boolean {
  return !findings.some((one) => one === 'site_lost' || one === 'peers_blocked' || one === 'relay_lost')
}

/** The socket to our server (src/videocall/web/connection_test.py). */
class Line {
  ice: Ice = { servers: [], policy: 'all' }
  readonly #socket: WebSocket
  #take: ((data: unknown) => void) | null = null

  private constructor(socket: WebSocket) {
    this.#socket = socket
    socket.binaryType = 'arraybuffer'
    socket.onmessage = ({ data }) => this.#take?.(data)
  }

  /** Null when there is no way to the server. */
  static async open(signal: AbortSignal): Promise<Line | null> {
    let socket: WebSocket
    try {
      socket = new WebSocket(socketUrl('/api/connection-test'))
    } catch {
      return null
    }
    signal.addEventListener('abort', () => socket.close())
    const line = new Line(socket)
    const first = await line.#next()
    if (typeof first !== 'string') return null
    line.ice = JSON.parse(first) as Ice
    return line
  }

  close(): void {
    this.#socket.close()
  }

  async roundTrip(): Promise<number | null> {
    const times: number[] = []
    for (let ping = 0; ping < PINGS; ping += 1) {
      const before = performance.now()
      if ((await this.#ask('ping')) === null) return null
      times.push(performance.now() - before)
    }
    return times.sort((one, other) => one - other)[PINGS >> 1] ?? null
  }

  async download(): Promise<number | null> {
    const before = performance.now()
    let bytes = 0
    let piece = await this.#ask('download')
    // The first piece takes the way there, too: the clock starts with it.
    while (piece instanceof ArrayBuffer) {
      bytes += piece.byteLength
      if (bytes >= PIECE * UPLOADED_PIECES) return megabits(bytes, performance.now() - before)
      piece = await this.#next()
    }
    return null
  }

  async upload(): Promise<number | null> {
    const before = performance.now()
    for (let piece = 0; piece < UPLOADED_PIECES; piece += 1) this.#socket.send(new Uint8Array(PIECE))
    return (await this.#ask('upload')) === null ? null : megabits(PIECE * UPLOADED_PIECES, performance.now() - before)
  }

  #ask(text: string): Promise<unknown> {
    if (this.#socket.readyState !== WebSocket.OPEN) return Promise.resolve(null)
    const answer = this.#next()
    this.#socket.send(text)
    return answer
  }

  /** The next message; null when there is none. */
  #next(): Promise<unknown> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(null), PATIENCE)
      const done = (data: unknown) => {
        clearTimeout(timer)
        this.#take = null
        resolve(data)
      }
      this.#take = done
      this.#socket.onclose = () => done(null)
    })
  }
}

function megabits(bytes: number, milliseconds: number): number {
  return (bytes * 8) / 1000 / Math.max(1, milliseconds)
}

/** Whether two connections of this page, set up like this, come to a data channel between them. */
async function meets(config: RTCConfiguration, signal: AbortSignal): Promise<boolean> {
  const pair = [new RTCPeerConnection(config), new RTCPeerConnection(config)] as const
  const [one, other] = pair
  try {
    one.onicecandidate = ({ candidate }) => void other.addIceCandidate(candidate ?? undefined).catch(() => undefined)
    other.onicecandidate = ({ candidate }) => void one.addIceCandidate(candidate ?? undefined).catch(() => undefined)
    const channel = one.createDataChannel('test')
    const opened = new Promise<boolean>((resolve) => {
      channel.onopen = () => resolve(true)
      setTimeout(() => resolve(false), PATIENCE)
      signal.addEventListener('abort', () => resolve(false))
    })
    const offer = await one.createOffer()
    await Promise.all([one.setLocalDescription(offer), other.setRemoteDescription(offer)])
    const answer = await other.createAnswer()
    await Promise.all([other.setLocalDescription(answer), one.setRemoteDescription(answer)])
    return await opened
  } catch {
    return false
  } finally {
    for (const pc of pair) pc.close()
  }
}

/** Whether a STUN server says from where it sees us. */
async function reflects(servers: readonly IceServer[], signal: AbortSignal): Promise<boolean> {
  const pc = new RTCPeerConnection({ iceServers: servers.map(rtcServer) })
  try {
    pc.createDataChannel('test')
    const seen = new Promise<boolean>((resolve) => {
      pc.onicecandidate = ({ candidate }) => {
        if (candidate === null) resolve(false)
        else if (candidate.type === 'srflx') resolve(true)
      }
      setTimeout(() => resolve(false), PATIENCE)
      signal.addEventListener('abort', () => resolve(false))
    })
    await pc.setLocalDescription()
    return await seen
  } finally {
    pc.close()
  }
}
