/** What one person does on the whiteboard: lines as they are drawn, and what is taken away. */
import type { Array as SharedArray } from 'yjs'
import { Items, type BoardItem, type Stroke } from '../../call/together/items'
import { onPlane } from '../../call/together/plane'
import { OWN, type SharedDocument } from '../../call/together/shared_document'
import type { Touch } from './hand'
import { sizeOf } from './paint'
import { toPlane, type Sight } from './sight'

export type Tool = 'pen' | 'marker' | 'eraser'

/** Units of the plane. */
const ERASER = 200
const MOST_NUMBERS = 9000

/** See the head of this file. */
export class Drawing {
  tool = $state<Tool>('pen')
  colour = $state(0)
  width = $state(0)
  items = $state.raw<readonly BoardItem[]>([])
  canUndo = $state(false)
  canRedo = $state(false)
  /** The words that were laid there last, by this person. */
  newest = $state<string | null>(null)
  readonly #shared: SharedDocument
  readonly #items: Items
  #points: SharedArray<number> | null = null
  #pressed = false

  constructor(shared: SharedDocument) {
    this.#shared = shared
    this.#items = new Items(shared.items, OWN, () => this.#look())
    this.#look()
  }

  begin(at: Touch, sight: Sight): void {
    this.step()
    this.#pressed = at.pressed
    const { tool, colour, width } = this
    if (tool !== 'eraser' && !this.#shared.full) {
      this.#shared.change(() => (this.#points = this.#items.draw({ tool, colour, width, pressed: at.pressed })))
    }
    this.go([at], sight)
  }

  go(places: readonly Touch[], sight: Sight): void {
    const numbers = places.flatMap((place) => {
      const { x, y } = toPlane(sight, place)
      if (this.tool === 'eraser') this.#erase(x, y)
      const at = onPlane(x, y)
      return [at.x, at.y, Math.round(place.pressure * 100)]
    })
    const points = this.#points
    if (!points) return
    if (points.length + numbers.length > MOST_NUMBERS) this.#goOn()
    this.#shared.change(() => this.#points?.push(numbers))
  }

  end(meant: boolean): void {
    const drew = this.#points !== null
    this.#points = null
    if (!meant && drew) this.undo()
  }

  /** A place for words in the middle of what is seen. */
  stick(paper: boolean, middle: { x: number; y: number }): void {
    if (this.#shared.full) return
    this.step()
    this.#shared.change(() => (this.newest = this.#items.stick({ paper, colour: this.colour, ...middle })))
  }

  move(key: string, x: number, y: number): void {
    this.#shared.change(() => this.#items.move(key, x, y))
  }

  write(key: string, text: string): void {
    this.#shared.change(() => this.#items.write(key, text))
  }

  remove(key: string): void {
    this.step()
    this.#shared.change(() => this.#items.remove(key))
  }

  clear(): void {
    this.step()
    this.#shared.change(() => this.#items.clear())
  }

  step(): void {
    this.#items.step()
  }

  undo(): void {
    this.#items.undo()
  }

  redo(): void {
    this.#items.redo()
  }

  close(): void {
    this.#items.close()
  }

  /** A line that became too long goes on as another one. */
  #goOn(): void {
    const { tool, colour, width } = this
    const last = this.#points?.toArray().slice(-3) ?? []
    if (tool === 'eraser') return
    this.#shared.change(() => {
      this.#points = this.#items.draw({ tool, colour, width, pressed: this.#pressed })
      this.#points?.push(last)
    })
  }

  /** Takes away the lines that pass there. Words have a button for that. */
  #erase(x: number, y: number): void {
    const touched = this.items.filter((item) => item.kind === 'stroke' && passes(item, x, y))
    if (touched.length > 0) this.#shared.change(() => touched.forEach(({ key }) => this.#items.remove(key)))
  }

  #look(): void {
    this.items = [...this.#items.all]
    this.canUndo = this.#items.canUndo
    this.canRedo = this.#items.canRedo
  }
}

function passes(stroke: Stroke, x: number, y: number): boolean {
  const { points } = stroke
  const reach = ERASER / 2 + sizeOf(stroke) / 2
  for (let at = 0; at + 2 < points.length; at += 3) {
    const [fromX = 0, fromY = 0] = [points[at], points[at + 1]]
    const [toX = fromX, toY = fromY] = [points[at + 3], points[at + 4]]
    const [dx, dy] = [toX - fromX, toY - fromY]
    const along = Math.min(1, Math.max(0, ((x - fromX) * dx + (y - fromY) * dy) / (dx * dx + dy * dy || 1)))
    if (Math.hypot(x - fromX - along * dx, y - fromY - along * dy) <= reach) return true
  }
  return false
}
