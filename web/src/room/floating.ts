import type { Rect } from '../call/layout'

const INSET = 16
const LOW = 420

/** One picture takes all there is. */
export function whole(width: number, height: number): Rect {
  return { x: 0, y: 0, width, height }
}

/**
 * The small self view: lower right (upper right on a low stage, whose lower edge belongs to the controls), upright on an
 * upright stage, never more than a third of either side. On the left where lines run to the left: names stand on the right.
 */
export function floatingPlace(width: number, height: number, toTheLeft = false): Rect {
  const upright = height > width
  const ratio = upright ? 3 / 4 : 16 / 10
  const wanted = Math.min(260, Math.max(upright ? 96 : 148, width * 0.19))
  const tileWidth = Math.min(wanted, width / 3, (height / 3) * ratio)
  const tileHeight = tileWidth / ratio
  const y = height < LOW ? INSET : height - tileHeight - INSET
  return { x: toTheLeft ? INSET : width - tileWidth - INSET, y, width: tileWidth, height: tileHeight }
}
