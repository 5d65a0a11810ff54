/**
 * What is wrong on this side of the call, in one of a few words: from getStats of all connections, so that one bad
 * connection among many is put down to the other person. Fetched when the first look is taken; nobody needs it before.
 */
import type { Trouble } from './model'
import { TROUBLES } from './remote'

/** The members of RTCStats that are read here (W3C webrtc-stats); browsers leave some of them out. */
interface Stat {
  id: string
  type: string
  kind?: string
  packetsReceived?: number
  packetsLost?: number
  framesReceived?: number
  framesDropped?: number
  fractionLost?: number
  qualityLimitationReason?: string
  currentRoundTripTime?: number
  availableOutgoingBitrate?: number
  selectedCandidatePairId?: string
  localCandidateId?: string
  nominated?: boolean
  state?: string
  candidateType?: string
  relayProtocol?: string
}

/** One look at one connection. */
export interface Seen {
  stats: Iterable<Stat>
  config: RTCConfiguration
  /** Bits per second that the camera is allowed. */
  target: number
}

/** How it is with one connection, over the time between two looks. */
export interface Condition {
  way: 'direct' | 'relayed' | 'udp_blocked'
  /** Share of packets that did not arrive, here or there, whichever is more: 0 to 1. */
  loss: number
  /** Seconds. */
  roundTrip: number
  limitation: string
  /** Bits per second that the network takes; null where this browser does not tell. */
  available: number | null
  target: number
  /** Share of the pictures that came and were not shown, since there was no time to decode them. */
  dropped: number
}

interface Counts {
  received: number
  lost: number
  pictures: number
  dropped: number
}

/** Looks, two seconds apart, for which a trouble is there before it is told, and gone before it is no longer told. */
const LOOKS_TO_APPEAR = 4
const LOOKS_TO_GO = 5
const LOSSY = 0.05
/** Seconds: from here on people begin to talk at the same time (ITU-T G.114 speaks of 0.4 s one way). */
const LATE = 0.5
const STARVED = 0.7
const DROPPING = 0.25
/** Of fewer pictures no share can be told. */
const LEAST_PICTURES = 10

/** Reads looks at one connection; see `Condition`. */
export class Watch {
  #before: Counts | null = null

  look({ stats, config, target }: Seen): Condition {
    const all = [...stats]
    const byId = new Map(all.map((stat) => [stat.id, stat]))
    const transport = all.find(({ type }) => type === 'transport')
    const pair =
      byId.get(transport?.selectedCandidatePairId ?? '') ??
      all.find(({ type, nominated, state }) => type === 'candidate-pair' && nominated && state === 'succeeded')
    const inbound = all.filter(({ type }) => type === 'inbound-rtp')
    const sums: Counts = { received: 0, lost: 0, pictures: 0, dropped: 0 }
    for (const { packetsReceived = 0, packetsLost = 0, framesReceived = 0, framesDropped = 0 } of inbound) {
      sums.received += packetsReceived
      sums.lost += packetsLost
      sums.pictures += framesReceived
      sums.dropped += framesDropped
    }
    const since = this.#since(sums)
    const there = all.filter(({ type }) => type === 'remote-inbound-rtp').map(({ fractionLost = 0 }) => fractionLost)
    const limits = all.map(({ type, qualityLimitationReason }) =>
      type === 'outbound-rtp' ? qualityLimitationReason : undefined,
    )
    return {
      way: wayOf(byId.get(pair?.localCandidateId ?? ''), all, config),
      loss: Math.max(share(since.lost, since.received + since.lost, 1), ...there),
      roundTrip: pair?.currentRoundTripTime ?? 0,
      limitation: limits.find((limit) => limit === 'cpu') ?? limits.find((limit) => limit === 'bandwidth') ?? 'none',
      available: pair?.availableOutgoingBitrate ?? null,
      target,
      dropped: share(since.dropped, since.pictures, LEAST_PICTURES),
    }
  }

  #since(now: Counts): Counts {
    const before = this.#before ?? now
    this.#before = now
    const grown = (what: keyof Counts) => Math.max(0, now[what] - before[what])
    return { received: grown('received'), lost: grown('lost'), pictures: grown('pictures'), dropped: grown('dropped') }
  }
}

/** What is wrong at one moment, worst first. Half of the connections are enough: the other half may be out of use. */
export function troublesOf(conditions: readonly Condition[]): Trouble[] {
  const found: Record<Trouble, (one: Condition) => boolean> = {
    power: ({ limitation, dropped }) => limitation === 'cpu' || dropped > DROPPING,
    loss: ({ loss }) => loss > LOSSY,
    bandwidth: ({ limitation, available, target }) =>
      limitation === 'bandwidth' && available !== null && available < STARVED * target,
    delay: ({ roundTrip }) => roundTrip > LATE,
    udp_blocked: ({ way }) => way === 'udp_blocked',
    relayed: ({ way }) => way === 'relayed',
  }
  if (conditions.length === 0) return []
  return TROUBLES.filter((trouble) => conditions.filter(found[trouble]).length * 2 >= conditions.length)
}

/** Keeps the one trouble that is told from flickering. */
export class Diagnosis {
  /** For each trouble: whether it is told, and for how many looks in a row it has been otherwise. */
  readonly #told = new Map<Trouble, { on: boolean; looks: number }>()

  /** The worst of what has been there for a while, after another look. */
  look(now: readonly Trouble[]): Trouble | null {
    for (const trouble of TROUBLES) {
      const state = this.#told.get(trouble) ?? { on: false, looks: 0 }
      state.looks = now.includes(trouble) === state.on ? 0 : state.looks + 1
      if (state.looks >= (state.on ? LOOKS_TO_GO : LOOKS_TO_APPEAR)) {
        state.on = !state.on
        state.looks = 0
      }
      this.#told.set(trouble, state)
    }
    return TROUBLES.find((trouble) => this.#told.get(trouble)?.on) ?? null
  }
}

/**
 * How media leaves this page. A relay over TCP means that UDP is blocked only where UDP was tried and found nothing; and a
 * relay that the operator prescribes says nothing about the network.
 */
function wayOf(local: Stat | undefined, all: readonly Stat[], config: RTCConfiguration): Condition['way'] {
  if (local?.candidateType !== 'relay') return 'direct'
  const outside = all.some(
    ({ type, candidateType, relayProtocol }) =>
      type === 'local-candidate' &&
      (candidateType === 'srflx' || (candidateType === 'relay' && relayProtocol === 'udp')),
  )
  const overUdp = (url: string) => /^(stun|turn):/u.test(url) && !url.includes('transport=tcp')
  const tried = (config.iceServers ?? []).some(({ urls }) => [urls].flat().some(overUdp))
  if (tried && !outside && local.relayProtocol !== 'udp') return 'udp_blocked'
  return config.iceTransportPolicy === 'relay' ? 'direct' : 'relayed'
}

function share(part: number, whole: number, least: number): number {
  return whole >= least ? part / whole : 0
}
