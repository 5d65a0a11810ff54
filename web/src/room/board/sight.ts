/** Which part of the plane is seen, and how large. Pure. */
import { PLANE } from '../../call/together/plane'

/** CSS pixels for one unit of the plane, and where its corner is. */
export interface Sight {
  scale: number
  x: number
  y: number
}

const MOST_ZOOM = 8

/** All of it, in the middle. */
export function fit(width: number, height: number): Sight {
  const scale = Math.min(width / PLANE.width, height / PLANE.height)
  return { scale, x: (width - PLANE.width * scale) / 2, y: (height - PLANE.height * scale) / 2 }
}

/** Larger or smaller by a factor; what is at this place stays there. */
export function zoom(sight: Sight, by: number, at: { x: number; y: number }, width: number, height: number): Sight {
  const whole = fit(width, height).scale
  const scale = Math.min(whole * MOST_ZOOM, Math.max(whole, sight.scale * by))
  const grown = scale / sight.scale
  const moved = { scale, x: at.x - (at.x - sight.x) * grown, y: at.y - (at.y - sight.y) * grown }
  return within(moved, width, height)
}

/** Never so far that the plane is out of sight. */
export function within({ scale, x, y }: Sight, width: number, height: number): Sight {
  const held = (place: number, size: number, room: number) =>
    size <= room ? (room - size) / 2 : Math.min(0, Math.max(room - size, place))
  return { scale, x: held(x, PLANE.width * scale, width), y: held(y, PLANE.height * scale, height) }
}

/** From CSS pixels to the plane. */
export function toPlane({ scale, x, y }: Sight, at: { x: number; y: number }): { x: number; y: number } {
  return { x: (at.x - x) / scale, y: (at.y - y) / scale }
}
