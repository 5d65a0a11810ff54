/** The whiteboard on a canvas: for the screen, and for a file. */
import type { BoardItem, Sticker } from '../../call/together/items'
import { PLANE, type Line } from '../../call/together/plane'
import { BOARD, INKS, Painter, PAPERS } from './paint'

/** Size of a sticker and its letters. */
export const PAPER = { width: 2400, height: 1800, letters: 260, edge: 160 }
const FILE_WIDTH = 2400

/** Everything that is no word. */
export function linesOf(items: readonly BoardItem[]): readonly Line[] {
  return items.filter((item) => item.kind === 'stroke')
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
  new Painter().draw(context, linesOf(items))
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
