/** How lines by hand look, on the whiteboard and on a shared screen. */
import { getStroke } from 'perfect-freehand'

/** Of the board, the same on every screen in both themes: what is said about a red line must be true for all. Each is at
 *  least 4.5:1 on the paper. */
export const INKS = ['#1b2420', '#b42a2f', '#1f5fc4', '#0b6a57', '#9a5200', '#6a3fb0'] as const
/** Of papers for words, on which the black ink is read. */
export const PAPERS = ['#fff1a8', '#ffd2cf', '#cfe2ff', '#c9efdf', '#ffdcae', '#e3d6fa'] as const
export const BOARD = '#ffffff'

interface Line {
  tool: 'pen' | 'marker'
  pressed: boolean
  /** x, y and pressure (0 to 100), one after the other. */
  points: readonly number[]
}

/** The outline of a line. `size` is its width in the units of its points. */
export function pathOf({ tool, pressed, points }: Line, size: number): Path2D {
  const marker = tool === 'marker'
  const input: [number, number, number][] = []
  for (let at = 0; at + 2 < points.length; at += 3) {
    input.push([points[at] ?? 0, points[at + 1] ?? 0, (points[at + 2] ?? 0) / 100])
  }
  const outline = getStroke(input, {
    size,
    thinning: marker ? 0 : 0.4,
    streamline: 0.4,
    smoothing: 0.6,
    simulatePressure: !pressed,
    last: true,
  })
  return closed(outline)
}

/** Curves through the middles of the outline's edges, so that no corner is seen. */
function closed(outline: readonly [number, number][]): Path2D {
  const path = new Path2D()
  const first = outline[0]
  if (!first) return path
  path.moveTo(...first)
  for (const [index, [x, y]] of outline.entries()) {
    const [nextX, nextY] = outline[(index + 1) % outline.length] ?? first
    path.quadraticCurveTo(x, y, (x + nextX) / 2, (y + nextY) / 2)
  }
  path.closePath()
  return path
}
