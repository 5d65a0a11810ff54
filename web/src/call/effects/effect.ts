/**
 * What may be done to one's own picture and voice before they are sent, all of it in this browser. This part is small,
 * since a meeting loads it at once; what does the work is fetched when it is wanted.
 */
import type { Source } from '../devices'
import { readRecord, write } from '../memory'

const KEPT = 'vcc-effects'

/** What was chosen. */
export interface Effects {
  /** `none`, `light` or `strong` blur, `own` picture, or the name of one of ours (pictures.ts). */
  background: string
  /** Whether noise is taken out of the voice here, rather than by the browser. */
  quiet: boolean
}

/** Why an effect was turned off: it could not keep up, or it could not be had. */
export type EffectTrouble = 'slow' | 'failed'

/** A track that another one goes through. */
export interface Effect {
  readonly track: MediaStreamTrack
  /** Another background, without a gap. Rejects where it cannot be had. */
  change?(background: string): Promise<void>
  /** Ends the track, and leaves nothing behind; the one that went through it goes on. */
  stop(): void
}

/** Nothing is done. */
export const UNCHANGED: Effects = { background: 'none', quiet: false }

/** What was chosen last. */
export function recallEffects(): Effects {
  const { background, quiet } = readRecord(KEPT)
  return { background: typeof background === 'string' ? background : 'none', quiet: quiet === true }
}

/** For the next meeting. */
export function rememberEffects(effects: Effects): void {
  write(KEPT, JSON.stringify(effects))
}

/** Whether the track of a device is to go through something. */
export function changes({ background, quiet }: Effects, source: Source): boolean {
  return source === 'camera' ? background !== 'none' : quiet
}

/** Starts what was chosen for a device; `failed` is called at most once, when it cannot go on. Rejects. */
export async function startEffect(
  source: Source,
  raw: MediaStreamTrack,
  { background }: Effects,
  failed: (why: EffectTrouble) => void,
): Promise<Effect> {
  if (source === 'microphone') return (await import('./noise')).suppressNoise(raw, failed)
  return (await import('./background')).replaceBackground(raw, background, failed)
}
