/**
 * What getStats tells about the connection to one person: how it looks and sounds, and how sending fares. Fetched when the
 * first look is taken.
 */
import type { Health } from './adaptation'
import type { Quality } from './model'
import type { Link } from './peer'

/** The members of RTCStats that are read here (W3C webrtc-stats); browsers leave some of them out. */
interface Stat {
  id: string
  type: string
  kind?: string
  mid?: string
  packetsReceived?: number
  packetsLost?: number
  totalFreezesDuration?: number
  fractionLost?: number
  qualityLimitationReason?: Health['limitation']
  currentRoundTripTime?: number
  availableOutgoingBitrate?: number
  selectedCandidatePairId?: string
  nominated?: boolean
  state?: string
  localId?: string
}

/** Counters at one moment; two of them make a rate. */
export interface Sample {
  received: number
  lost: number
  /** Seconds that pictures stood still, in sum. */
  frozen: number
  /** Seconds; null before it was measured. */
  roundTrip: number | null
  /** How sending the camera fares; a machine that does not keep up with a screen does not keep up at all. */
  health: Health
}

/** How the camera's media section is called in every connection (connection.ts: the second slot). */
const CAMERA_MID = '1'

/** One look at a connection. */
export function readSample(report: Iterable<Stat>): Sample {
  const stats = [...report]
  const byId = new Map(stats.map((stat) => [stat.id, stat]))
  const inbound = stats.filter(({ type }) => type === 'inbound-rtp')
  const transport = stats.find(({ type }) => type === 'transport')
  const pair =
    byId.get(transport?.selectedCandidatePairId ?? '') ??
    stats.find(({ type, nominated, state }) => type === 'candidate-pair' && nominated && state === 'succeeded')
  const camera = stats.find(({ type, kind, mid }) => type === 'outbound-rtp' && kind === 'video' && mid === CAMERA_MID)
  const remote = stats.find(({ type, localId }) => type === 'remote-inbound-rtp' && localId === camera?.id)
  const slow = stats.some(
    ({ type, qualityLimitationReason }) => type === 'outbound-rtp' && qualityLimitationReason === 'cpu',
  )
  return {
    received: sum(inbound, 'packetsReceived'),
    lost: sum(inbound, 'packetsLost'),
    frozen: sum(inbound, 'totalFreezesDuration'),
    roundTrip: pair?.currentRoundTripTime ?? null,
    health: {
      loss: remote?.fractionLost ?? null,
      limitation: slow ? 'cpu' : (camera?.qualityLimitationReason ?? 'none'),
      available: pair?.availableOutgoingBitrate ?? null,
    },
  }
}

/** How a connection is, from two looks at it a few seconds apart. */
export function judge(link: Link, before: Sample | null, now: Sample): Quality {
  if (link === 'restoring') return 'lost'
  const received = Math.max(0, now.received - (before?.received ?? 0))
  const lost = Math.max(0, now.lost - (before?.lost ?? 0))
  const loss = received + lost > 0 ? lost / (received + lost) : 0
  const frozen = Math.max(0, now.frozen - (before?.frozen ?? 0))
  const roundTrip = now.roundTrip ?? 0
  if (loss > 0.1 || roundTrip > 0.8 || frozen > 1) return 'poor'
  if (loss > 0.03 || roundTrip > 0.35 || frozen > 0.3) return 'fair'
  return 'good'
}

function sum(stats: Stat[], member: 'packetsReceived' | 'packetsLost' | 'totalFreezesDuration'): number {
  return stats.reduce((total, stat) => total + (stat[member] ?? 0), 0)
}
