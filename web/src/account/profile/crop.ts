/** The square of a picture that is kept: where its middle is, in pixels of the picture, and how near one looks. */
export interface Crop {
  x: number
  y: number
  /** 1 shows all of the shorter side. */
  zoom: number
}

export interface Size {
  width: number
  height: number
}

/** A square of a picture, in its pixels. */
export interface Frame {
  left: number
  top: number
  side: number
}

export const MOST_ZOOM = 4

/** As much as there is, from the middle. */
export function whole({ width, height }: Size): Crop {
  return { x: width / 2, y: height / 2, zoom: 1 }
}

/** What of the picture is kept. */
export function frame(size: Size, { x, y, zoom }: Crop): Frame {
  const side = Math.min(size.width, size.height) / zoom
  return { left: x - side / 2, top: y - side / 2, side }
}

/** The same square, brought back inside of the picture. */
export function inside(size: Size, crop: Crop): Crop {
  const zoom = clamp(crop.zoom, 1, MOST_ZOOM)
  const half = Math.min(size.width, size.height) / zoom / 2
  return { x: clamp(crop.x, half, size.width - half), y: clamp(crop.y, half, size.height - half), zoom }
}

/** The picture was dragged by so many pixels, in a square that is shown that large. */
export function dragged(size: Size, crop: Crop, by: { x: number; y: number }, shown: number): Crop {
  const scale = frame(size, crop).side / shown
  return inside(size, { ...crop, x: crop.x - by.x * scale, y: crop.y - by.y * scale })
}

/** Where the square stands along one side, from 0 to 1; one half where it cannot move. */
export function share(size: Size, crop: Crop, side: 'width' | 'height'): number {
  const half = frame(size, crop).side / 2
  const room = size[side] - 2 * half
  return room < 1 ? 0.5 : (crop[side === 'width' ? 'x' : 'y'] - half) / room
}

/** Puts the square somewhere along one side. */
export function placed(size: Size, crop: Crop, side: 'width' | 'height', to: number): Crop {
  const half = frame(size, crop).side / 2
  const at = half + to * (size[side] - 2 * half)
  return inside(size, side === 'width' ? { ...crop, x: at } : { ...crop, y: at })
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(value, high))
}
