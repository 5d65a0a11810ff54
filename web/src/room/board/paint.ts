/** How lines by hand look, on the whiteboard and on a shared screen. */
import { getStroke } from 'perfect-freehand'
import type { Line, Pen } from '../../call/together/plane'

/** Of the board, the same on every screen in both themes: what is said about a red line must be true for all. Each is at
 *  least 4.5:1 on the paper. */
export const INKS = ['#1b2420', '#b42a2f', '#1f5fc4', '#0b6a57', '#9a5200', '#6a3fb0'] as const
/** Of papers for words, on which the black ink is read. */
export const PAPERS = ['#fff1a8', '#ffd2cf', '#cfe2ff', '#c9efdf', '#ffdcae', '#e3d6fa'] as const
export const BOARD = '#ffffff'

/** In units of the plane. */
const SIZES = { pen: [80, 140, 240], marker: [220, 360, 560] } as const
const MARKER_ALPHA = 0.35

export function sizeOf({ tool, width }: Pick<Pen, 'tool' | 'width'>): number {
  return SIZES[tool][width] ?? SIZES[tool][0]
}

/** Draws lines; what was worked out for one is kept until it grows. */
export class Painter {
  readonly #paths = new Map<string, { points: number; path: Path2D }>()
  readonly #high: number

  /** `high`: how many units of the canvas are one of the plane from top to bottom, where from side to side they are the same. */
  constructor(high = 1) {
    this.#high = high
  }

  draw(context: CanvasRenderingContext2D, lines: readonly Line[]): void {
    const drawn = new Set<string>()
    for (const line of lines) {
      drawn.add(line.key)
      context.globalAlpha = line.tool === 'marker' ? MARKER_ALPHA : 1
      context.fillStyle = INKS[line.colour] ?? INKS[0]
      context.fill(this.#path(line))
    }
    context.globalAlpha = 1
    for (const key of this.#paths.keys()) if (!drawn.has(key)) this.#paths.delete(key)
  }

  #path(line: Line): Path2D {
    const known = this.#paths.get(line.key)
    if (known?.points === line.points.length) return known.path
    const path = pathOf(line, sizeOf(line), this.#high)
    this.#paths.set(line.key, { points: line.points.length, path })
    return path
  }
}

/** The outline of a line. `size` is its width in units of the plane. */
function pathOf({ tool, pressed, points }: Line, size: number, high: number): Path2D {
  const marker = tool === 'marker'
  const input: [number, number, number][] = []
  for (let at = 0; at + 2 < points.length; at += 3) {
    input.push([points[at] ?? 0, (points[at + 1] ?? 0) * high, (points[at + 2] ?? 0) / 100])
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
