/** What stands on the whiteboard: read strictly from a document that anybody in the meeting may have written to. */
import * as Y from 'yjs'
import { newKey } from '../chat'
import {
  arePoints,
  COLOURS,
  isTool,
  isWithin,
  MOST_POINTS,
  NUMBERS,
  onPlane,
  PLANE,
  WIDTHS,
  type Line,
  type Pen,
} from './plane'

export const MOST_WORDS = 500
const MOST_ITEMS = 5000

/** A line by hand on the board. */
export interface Stroke extends Line {
  kind: 'stroke'
  order: number
}

/** Words on the board, on paper or bare. */
export interface Sticker {
  kind: 'sticker'
  key: string
  order: number
  paper: boolean
  colour: number
  x: number
  y: number
  text: string
}

/** One of these. */
export type BoardItem = Stroke | Sticker

/** The item that is kept there, or null for what is none. */
export function readItem(key: string, kept: unknown): BoardItem | null {
  if (!isMap(kept)) return null
  const colour = kept.get('colour')
  const order = kept.get('order')
  if (!isWithin(colour, COLOURS - 1) || !Number.isInteger(colour) || !isWithin(order, Number.MAX_SAFE_INTEGER))
    return null
  const common = { key, order, colour }
  return kept.get('kind') === 'stroke' ? readStroke(common, kept) : readSticker(common, kept)
}

function readStroke(common: { key: string; order: number; colour: number }, kept: Y.Map<unknown>): Stroke | null {
  const [tool, width, points] = [kept.get('tool'), kept.get('width'), kept.get('points')]
  if (!isTool(tool)) return null
  if (!isWithin(width, WIDTHS - 1) || !Number.isInteger(width) || !(points instanceof Y.Array)) return null
  if (points.length > MOST_POINTS * NUMBERS) return null
  const numbers: unknown[] = points.toArray()
  if (!arePoints(numbers)) return null
  return { ...common, kind: 'stroke', tool, width, pressed: kept.get('pressed') === true, points: numbers }
}

function readSticker(common: { key: string; order: number; colour: number }, kept: Y.Map<unknown>): Sticker | null {
  const [x, y, text] = [kept.get('x'), kept.get('y'), kept.get('text')]
  if (kept.get('kind') !== 'sticker' || !isWithin(x, PLANE.width) || !isWithin(y, PLANE.height)) return null
  if (typeof text !== 'string') return null
  return { ...common, kind: 'sticker', paper: kept.get('paper') === true, x, y, text: text.slice(0, MOST_WORDS) }
}

function isMap(value: unknown): value is Y.Map<unknown> {
  return value instanceof Y.Map
}

/** Everything on the board in the order of its making, kept in step with the document. */
export class Items {
  readonly #map: Y.Map<unknown>
  readonly #changed: () => void
  readonly #items = new Map<string, BoardItem>()
  #sorted: BoardItem[] | null = null
  readonly #undo: Y.UndoManager

  /** `own` is the origin of changes of this page: the only ones that are undone here. */
  constructor(map: Y.Map<unknown>, own: unknown, changed: () => void) {
    this.#map = map
    this.#changed = changed
    this.#undo = new Y.UndoManager(map, { trackedOrigins: new Set([own]), captureTimeout: Number.MAX_SAFE_INTEGER })
    this.#undo.on('stack-item-added', changed)
    this.#undo.on('stack-item-popped', changed)
    for (const key of map.keys()) this.#look(key)
    map.observeDeep(this.#follow)
  }

  get all(): readonly BoardItem[] {
    this.#sorted ??= [...this.#items.values()].sort((a, b) => a.order - b.order || (a.key < b.key ? -1 : 1))
    return this.#sorted
  }

  get canUndo(): boolean {
    return this.#undo.canUndo()
  }

  get canRedo(): boolean {
    return this.#undo.canRedo()
  }

  /** What comes from here on is undone by itself. */
  step(): void {
    this.#undo.stopCapturing()
  }

  undo(): void {
    this.#undo.undo()
  }

  redo(): void {
    this.#undo.redo()
  }

  /** A new line; null where no more fits. */
  draw({ tool, colour, width, pressed }: Pen): Y.Array<number> | null {
    const points = new Y.Array<number>()
    return this.#add({ kind: 'stroke', tool, colour, width, pressed, points }) === null ? null : points
  }

  /** New words; the key they have, or null where no more fit. */
  stick(sticker: Pick<Sticker, 'paper' | 'colour' | 'x' | 'y'>): string | null {
    return this.#add({ kind: 'sticker', text: '', ...sticker, ...onPlane(sticker.x, sticker.y) })
  }

  move(key: string, x: number, y: number): void {
    this.#set(key, onPlane(x, y))
  }

  write(key: string, text: string): void {
    this.#set(key, { text: text.slice(0, MOST_WORDS) })
  }

  remove(key: string): void {
    this.#map.delete(key)
  }

  clear(): void {
    this.#map.clear()
  }

  close(): void {
    this.#map.unobserveDeep(this.#follow)
    this.#undo.destroy()
  }

  #add(fields: Record<string, unknown>): string | null {
    if (this.#items.size >= MOST_ITEMS) return null
    const key = newKey()
    const order = (this.all.at(-1)?.order ?? 0) + 1
    this.#map.set(key, new Y.Map(Object.entries({ ...fields, order })))
    return key
  }

  #set(key: string, fields: Record<string, unknown>): void {
    const kept = this.#map.get(key)
    if (kept instanceof Y.Map) for (const [name, value] of Object.entries(fields)) kept.set(name, value)
  }

  readonly #follow = (events: readonly { path: readonly unknown[]; keys: ReadonlyMap<string, unknown> }[]): void => {
    for (const { path, keys } of events) {
      if (path.length === 0) for (const key of keys.keys()) this.#look(key)
      else this.#look(String(path[0]))
    }
    this.#sorted = null
    this.#changed()
  }

  #look(key: string): void {
    const item = this.#items.size < MOST_ITEMS || this.#items.has(key) ? readItem(key, this.#map.get(key)) : null
    if (item) this.#items.set(key, item)
    else this.#items.delete(key)
  }
}
