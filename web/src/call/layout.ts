/**
 * Where the pictures go: pure arithmetic on CSS pixels. The order of tiles is never changed, so nobody jumps about when
 * somebody comes, goes or speaks.
 */

/** A table of equal tiles; the last row may have fewer. */
export interface Grid {
  columns: number
  rows: number
  tileWidth: number
  tileHeight: number
}

/** How tiles may look. */
export interface GridOptions {
  /** Between tiles, CSS pixels. */
  gap?: number
  /** Narrowest and widest shape of a tile (width / height): within them tiles take what room there is. */
  narrowest?: number
  widest?: number
}

/** Position and size in CSS pixels, from the top left corner of the stage. */
export interface Rect {
  x: number
  y: number
  width: number
  height: number
}

/** Everybody alike, or one in front. */
export type Layout = 'grid' | 'speaker'

/** `GridOptions`, and who is in front. */
export interface StageOptions extends GridOptions {
  /** Key of the tile in front in the speaker layout; the first tile without it. */
  focus?: string | null
}

/** Thickness of the filmstrip as a share of the stage, and its limits in CSS pixels. */
const STRIP_SHARE = 0.2
const STRIP_MOST = 240
const STRIP_LEAST = 84
const WIDESCREEN = 16 / 9

/**
 * The table that gives `count` tiles the largest area. A shape is chosen within the limits; on a stage that is taller
 * than wide, tiles may be upright.
 */
export function grid(count: number, width: number, height: number, options: GridOptions = {}): Grid {
  const gap = options.gap ?? 8
  const widest = options.widest ?? WIDESCREEN
  const narrowest = options.narrowest ?? (height > width ? 3 / 4 : 4 / 3)
  let best: Grid = { columns: 1, rows: Math.max(1, count), tileWidth: 0, tileHeight: 0 }
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns)
    const cellWidth = Math.max(0, (width - gap * (columns - 1)) / columns)
    const cellHeight = Math.max(0, (height - gap * (rows - 1)) / rows)
    const tileWidth = Math.min(cellWidth, cellHeight * widest)
    const tileHeight = Math.min(cellHeight, tileWidth / narrowest)
    // A hair's breadth decides nothing: with equal area fewer columns win, so that the choice does not flicker.
    if (tileWidth * tileHeight > best.tileWidth * best.tileHeight * 1.001)
      best = { columns, rows, tileWidth, tileHeight }
  }
  return best
}

/**
 * A place for every tile that is shown, by key, in the order of `tiles`. A key that is missing in the answer has no room
 * on this stage: hide it and ask for no picture of it.
 *
 * `grid`: equal tiles, centred. `speaker`: one tile in front, the others in a filmstrip along the longer side.
 */
export function stage(
  layout: Layout,
  tiles: readonly string[],
  width: number,
  height: number,
  options: StageOptions = {},
): Map<string, Rect> {
  if (tiles.length === 0 || width <= 0 || height <= 0) return new Map()
  const wanted = options.focus ?? tiles[0]
  const focus = tiles.find((key) => key === wanted) ?? tiles[0]
  if (layout === 'grid' || tiles.length === 1 || focus === undefined) return table(tiles, width, height, options)
  return speaker(focus, tiles, width, height, options.gap ?? 8)
}

function table(tiles: readonly string[], width: number, height: number, options: GridOptions): Map<string, Rect> {
  const gap = options.gap ?? 8
  const { columns, rows, tileWidth, tileHeight } = grid(tiles.length, width, height, options)
  const top = (height - rows * tileHeight - (rows - 1) * gap) / 2
  return new Map(
    tiles.map((key, index) => {
      const row = Math.floor(index / columns)
      const inRow = Math.min(columns, tiles.length - row * columns)
      const left = (width - inRow * tileWidth - (inRow - 1) * gap) / 2
      const x = left + (index % columns) * (tileWidth + gap)
      return [key, { x, y: top + row * (tileHeight + gap), width: tileWidth, height: tileHeight }]
    }),
  )
}

/** Several in front share the room of one, as a grid in it; everybody else stands beside them. */
export function inFront(
  fronts: readonly string[],
  tiles: readonly string[],
  width: number,
  height: number,
  gap: number,
): Map<string, Rect> {
  const others = tiles.filter((key) => !fronts.includes(key))
  if (others.length === 0) return stage('grid', fronts, width, height, { gap })
  const places = stage('speaker', ['', ...others], width, height, { gap, focus: '' })
  const room = places.get('') ?? { x: 0, y: 0, width, height }
  places.delete('')
  for (const [key, place] of stage('grid', fronts, room.width, room.height, { gap })) {
    places.set(key, { ...place, x: place.x + room.x, y: place.y + room.y })
  }
  return places
}

function speaker(
  focus: string,
  tiles: readonly string[],
  width: number,
  height: number,
  gap: number,
): Map<string, Rect> {
  const others = tiles.filter((key) => key !== focus)
  const beside = width > height * 1.2
  const along = beside ? height : width
  const across = clamp((beside ? width : height) * STRIP_SHARE, STRIP_LEAST, STRIP_MOST)
  // Sizes of one tile along and across the strip: as large as the strip is thick, smaller when there are many.
  const shape = beside ? 1 / WIDESCREEN : WIDESCREEN
  const least = STRIP_LEAST / 2
  const lengthForAll = (along - gap * (others.length - 1)) / others.length
  const length = Math.max(least, Math.min(across * shape, lengthForAll))
  const thickness = Math.min(across, length / shape)
  // The hair's breadth makes up for rounding: tiles that fill the strip exactly must not lose their last one.
  const room = Math.max(1, Math.floor((along + gap) / (length + gap) + 1e-6))
  const shown = others.slice(0, room)
  const start = (along - shown.length * length - (shown.length - 1) * gap) / 2

  const front: Rect = beside
    ? { x: 0, y: 0, width: Math.max(0, width - thickness - gap), height }
    : { x: 0, y: 0, width, height: Math.max(0, height - thickness - gap) }
  const places = new Map<string, Rect>()
  for (const key of tiles) {
    const index = shown.indexOf(key)
    if (key === focus) places.set(key, front)
    else if (index >= 0) {
      const at = start + index * (length + gap)
      places.set(
        key,
        beside
          ? { x: width - thickness, y: at, width: thickness, height: length }
          : { x: at, y: height - thickness, width: length, height: thickness },
      )
    }
  }
  return places
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value))
}
