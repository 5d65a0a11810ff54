/**
 * How much to send to one person: pure decisions from the number of people, what the receiver shows, and how the
 * connection fares. In a mesh every picture is encoded and sent once for each receiver, so each new person costs.
 */

/** Limits of one sender, in the names of RTCRtpEncodingParameters. */
export interface Encoding {
  active: boolean
  /** Bits per second. */
  maxBitrate: number
  /** 1 or more. */
  scaleResolutionDownBy: number
  /** Frames per second. */
  maxFramerate: number
}

/** Size of what the camera or the screen delivers, in pixels. */
export interface Capture {
  width: number
  height: number
}

/** What an encoding follows from. */
export interface Demand {
  /** Everybody in the room, oneself included. */
  people: number
  capture: Capture
  /** Pixels of height that the receiver shows: 0 hides, null is not known yet. */
  shown: number | null
  /** How far `adapt` has stepped down; 0 is undisturbed. */
  step: number
}

/** What getStats says about sending to one person; null where this browser does not tell. */
export interface Health {
  /** Share of packets that did not arrive, 0 to 1. */
  loss: number | null
  limitation: 'none' | 'cpu' | 'bandwidth' | 'other'
  /** Bits per second. */
  available: number | null
}

/** Memory of the decisions for one person. */
export interface Pace {
  step: number
  /** Consecutive bad and good looks. */
  bad: number
  good: number
  /** Good looks that are asked for before stepping up; grows when stepping up went wrong. */
  patience: number
  /** Stepped up a short while ago. */
  raised: boolean
  /** Stepped down since the machine did not keep up, and not yet up again all the way. */
  strained: boolean
}

const TOTAL_BITRATE = 2_500_000
const LEAST_BITRATE = 150_000
const MOST_BITRATE = 1_200_000
/** Smallest first: what one picture of a height costs at 25 to 30 frames per second (measured, bench/). */
const RUNGS = [
  { height: 720, bitrate: 1_200_000 },
  { height: 540, bitrate: 800_000 },
  { height: 360, bitrate: 500_000 },
  { height: 270, bitrate: 300_000 },
  { height: 180, bitrate: 150_000 },
] as const
const LOWEST = RUNGS[4]
const LAST_RUNG = RUNGS.length - 1
/** Before the receiver has said what it shows: a small first picture is there sooner, the right one follows. */
const SHOWN_AT_FIRST = 360
const FRAME_RATE = 30
const FRAME_RATE_IN_NEED = 15

const SCREEN_TOTAL_BITRATE = 5_000_000
const SCREEN_LEAST_BITRATE = 300_000
const SCREEN_MOST_BITRATE = 2_500_000
const SCREEN_FRAME_RATE = 20
const SCREEN_FRAME_RATE_IN_NEED = 5

/** Where everybody starts. */
export const UNDISTURBED: Pace = { step: 0, bad: 0, good: 0, patience: 5, raised: false, strained: false }

/** Upper limit of one camera picture for each receiver, by the number of people. */
export function cameraBitrate(people: number): number {
  return clamp(TOTAL_BITRATE / Math.max(1, people - 1), LEAST_BITRATE, MOST_BITRATE)
}

/** Largest picture worth sending in a room of this size: 720p up to 4 people, 360p up to 6, then 180p. */
export function cameraHeight(people: number): number {
  return people <= 4 ? 720 : people <= 6 ? 360 : 180
}

/** A camera is a face: it moves, and may be small before it stutters. */
export function cameraEncoding({ people, capture, shown, step }: Demand): Encoding {
  // An upright picture of a phone counts by its shorter side, what is shown of it by its height.
  const short = Math.min(capture.width, capture.height) || RUNGS[0].height
  const wanted = ((shown ?? SHOWN_AT_FIRST) * short) / (capture.height || short)
  const allowed = Math.max(rungFor(cameraHeight(people)), rungFor(wanted), rungFor(short))
  const index = Math.min(LAST_RUNG, allowed + step)
  const inNeed = allowed + step > LAST_RUNG
  const rung = RUNGS[index] ?? LOWEST
  return {
    active: shown !== 0,
    maxBitrate: Math.round(Math.min(cameraBitrate(people), rung.bitrate)),
    scaleResolutionDownBy: Math.max(1, short / rung.height),
    maxFramerate: inNeed ? FRAME_RATE_IN_NEED : FRAME_RATE,
  }
}

/** A shared screen is read: it keeps its size as long as possible, and loses frames first. */
export function screenEncoding({ people, capture, shown, step }: Demand): Encoding {
  const bitrate = clamp(SCREEN_TOTAL_BITRATE / Math.max(1, people - 1), SCREEN_LEAST_BITRATE, SCREEN_MOST_BITRATE)
  const ratio = shown ? capture.height / shown : 1
  return {
    active: shown !== 0,
    maxBitrate: Math.round(Math.max(SCREEN_LEAST_BITRATE, bitrate / (1 + step / 2))),
    // Half the size loses nothing on a tile that small; anything in between would only blur the letters.
    scaleResolutionDownBy: ratio >= 4 ? 4 : ratio >= 2 ? 2 : 1,
    maxFramerate: step >= 2 ? SCREEN_FRAME_RATE_IN_NEED : SCREEN_FRAME_RATE,
  }
}

/** The smallest rung that shows `height` well: a tenth less is not seen. */
function rungFor(height: number): number {
  for (let index = LAST_RUNG; index > 0; index--) {
    if ((RUNGS[index]?.height ?? 0) >= height * 0.9) return index
  }
  return 0
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value))
}
