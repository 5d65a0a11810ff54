/** Moments as the console says them: to the second where it matters, in the viewer's zone. */
import { clock, dayWord, shortDate } from '../agenda/moments'
import { viewerZone } from '../agenda/zones'

/** `Today, 09:30`; nothing for a moment that has not come. */
export function when(at: string | null): string {
  if (at === null) return '–'
  const moment = new Date(at)
  return `${dayWord(moment, viewerZone())}, ${clock(moment, viewerZone())}`
}

/** `Wed 3 Mar`. */
export function day(at: string): string {
  return shortDate(new Date(at), viewerZone())
}
