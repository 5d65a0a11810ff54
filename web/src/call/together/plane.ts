/** What lines by hand are made of, on the whiteboard and on a shared screen. Pure. */

/** The plane in its own units; what is drawn stays on it. It lies over the whole of a shared picture, whatever its shape. */
export const PLANE = { width: 16_000, height: 10_000 }
/** Of each; the numbers go to other pages. */
export const COLOURS = 6
export const WIDTHS = 3
/** Of one line. */
export const MOST_POINTS = 3000
/** Of one person over shared screens. */
export const MOST_LINES = 500
/** For each point: x, y and the pressure. */
export const NUMBERS = 3

/** What one draws with. */
export interface Pen {
  tool: 'pen' | 'marker'
  colour: number
  width: number
  /** Pressure was measured, and not guessed from the speed. */
  pressed: boolean
}

/** A line by hand. `points` are x, y and the pressure from 0 to 100, one after the other. */
export interface Line extends Pen {
  key: string
  points: readonly number[]
}

/** Whole numbers on the plane: they are short on their way. */
export function onPlane(x: number, y: number): { x: number; y: number } {
  const within = (value: number, most: number) => Math.round(Math.min(most, Math.max(0, value)))
  return { x: within(x, PLANE.width), y: within(y, PLANE.height) }
}

export function isTool(value: unknown): value is Pen['tool'] {
  return value === 'pen' || value === 'marker'
}

/** Whether these are numbers on the plane: what others send may be anything. */
export function arePoints(value: readonly unknown[]): value is readonly number[] {
  return value.every((number) => isWithin(number, PLANE.width))
}

export function isWithin(value: unknown, most: number): value is number {
  return typeof value === 'number' && value >= 0 && value <= most
}
