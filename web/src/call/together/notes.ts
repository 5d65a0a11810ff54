/** The smallest change between two texts, and where a cursor goes when others write. Pure. */

/** Takes so many UTF-16 units away at a place, and puts others there. */
export interface Change {
  at: number
  taken: number
  put: string
}

/** A change of Yjs: keep, put or take away, one after the other. */
export type Delta = readonly { retain?: number | undefined; insert?: unknown; delete?: number | undefined }[]

/** What became of a text; null where nothing did. */
export function changeBetween(before: string, after: string): Change | null {
  if (before === after) return null
  const most = Math.min(before.length, after.length)
  let at = 0
  while (at < most && before[at] === after[at]) at++
  // Half of a character outside of the first plane is none.
  if (isHigh(before, at - 1) || isHigh(after, at - 1)) at--
  let end = 0
  while (end < most - at && before.at(-1 - end) === after.at(-1 - end)) end++
  if (isLow(before, before.length - end) || isLow(after, after.length - end)) end--
  return { at, taken: before.length - at - end, put: after.slice(at, after.length - end) }
}

/** Where a place in the text is after a change. What is put right there comes behind it. */
export function follows(place: number, delta: Delta): number {
  let at = 0
  let moved = place
  for (const { retain = 0, insert, delete: taken = 0 } of delta) {
    at += retain
    if (typeof insert === 'string') {
      if (at < moved) moved += insert.length
      at += insert.length
    } else if (taken > 0 && at < moved) {
      moved = Math.max(at, moved - taken)
    }
  }
  return moved
}

function isHigh(text: string, at: number): boolean {
  const unit = text.charCodeAt(at)
  return at >= 0 && unit >= 0xd800 && unit < 0xdc00
}

function isLow(text: string, at: number): boolean {
  const unit = text.charCodeAt(at)
  return unit >= 0xdc00 && unit < 0xe000
}
