/** The whiteboard on a canvas: for the screen, and for a file. */
import { PLANE, type BoardItem, type Sticker, type Stroke } from '../../call/together/items'
import { BOARD, INKS, PAPERS, pathOf } from './paint'

/** In units of the plane. */
const SIZES = { pen: [80, 140, 240], marker: [220, 360, 560] } as const
/** Size of a sticker and its letters. */
export const PAPER = { width: 2400, height: 1800, letters: 260, edge: 160 }
const MARKER_ALPHA = 0.35
const FILE_WIDTH = 2400

export function sizeOf({ tool, width }: Pick<Stroke, 'tool' | 'width'>): number {
  return SIZES[tool][width] ?? SIZES[tool][0]
}

/** Draws lines; what was worked out for one is kept until it grows. */
export class Painter {
  readonly #paths = new Map<string, { points: number; path: Path2D }>()

  /** Everything that is no word, onto a canvas whose units are those of the plane. */
  draw(context: CanvasRenderingContext2D, items: readonly BoardItem[]): void {
    const drawn = new Set<string>()
    for (const item of items) {
      if (item.kind !== 'stroke') continue
      drawn.add(item.key)
      context.globalAlpha = item.tool === 'marker' ? MARKER_ALPHA : 1
      context.fillStyle = INKS[item.colour] ?? INKS[0]
      context.fill(this.#path(item))
    }
    context.globalAlpha = 1
    for (const key of this.#paths.keys()) if (!drawn.has(key)) this.#paths.delete(key)
  }

  #path(stroke: Stroke): Path2D {
    const known = this.#paths.get(stroke.key)
    if (known?.points === stroke.points.length) return known.path
    const path = pathOf(stroke, sizeOf(stroke))
    this.#paths.set(stroke.key, { points: stroke.points.length, path })
    return path
  }
}

/** The whole board as a file. */
export function toPng(items: readonly BoardItem[], font: string): Promise<Blob | null> {
  const canvas = document.createElement('canvas')
  const scale = FILE_WIDTH / PLANE.width
  canvas.width = FILE_WIDTH
  canvas.height = PLANE.height * scale
  const context = canvas.getContext('2d')
  if (!context) return Promise.resolve(null)
  context.fillStyle = BOARD
  context.fillRect(0, 0, canvas.width, canvas.height)
  context.scale(scale, scale)
  new Painter().draw(context, items)
  for (const item of items) if (item.kind === 'sticker') write(context, item, font)
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/png'))
}

function write(context: CanvasRenderingContext2D, { paper, colour, x, y, text }: Sticker, font: string): void {
  const { width, height, letters, edge } = PAPER
  context.font = `550 ${letters}px ${font}`
  const lines = wrap(text, width - 2 * edge, (words) => context.measureText(words).width)
  if (paper) {
    context.fillStyle = PAPERS[colour] ?? PAPERS[0]
    context.fillRect(x, y, width, Math.max(height, lines.length * letters * 1.3 + 2 * edge))
  }
  context.fillStyle = paper ? INKS[0] : (INKS[colour] ?? INKS[0])
  context.textBaseline = 'top'
  for (const [index, line] of lines.entries()) context.fillText(line, x + edge, y + edge + index * letters * 1.3)
}

/** Lines no wider than that; a word that is wider stands alone. */
export function wrap(text: string, most: number, widthOf: (words: string) => number): string[] {
  return text.split('\n').flatMap((paragraph) => {
    const lines: string[] = []
    let line = ''
    for (const word of paragraph.split(' ')) {
      const longer = line === '' ? word : `${line} ${word}`
      if (line !== '' && widthOf(longer) > most) {
        lines.push(line)
        line = word
      } else line = longer
    }
    return [...lines, line]
  })
}
