import { expect, test } from 'vitest'
import { dragged, frame, inside, placed, share, whole } from './crop'

const wide = { width: 400, height: 200 }

test('at first the middle is kept, as large as it can be', () => {
  expect(frame(wide, whole(wide))).toEqual({ left: 100, top: 0, side: 200 })
})

test('looking nearer keeps the middle', () => {
  expect(frame(wide, inside(wide, { ...whole(wide), zoom: 2 }))).toEqual({ left: 150, top: 50, side: 100 })
})

test.each([
  [
    { x: -50, y: 900, zoom: 1 },
    { left: 0, top: 0, side: 200 },
  ],
  [
    { x: 900, y: -50, zoom: 2 },
    { left: 300, top: 0, side: 100 },
  ],
  [
    { x: 200, y: 100, zoom: 100 },
    { left: 175, top: 75, side: 50 },
  ],
  [
    { x: 200, y: 100, zoom: 0 },
    { left: 100, top: 0, side: 200 },
  ],
])('%o never looks beside the picture', (crop, expected) => {
  expect(frame(wide, inside(wide, crop))).toEqual(expected)
})

test('what is dragged moves with the finger', () => {
  const near = { ...whole(wide), zoom: 2 }

  expect(frame(wide, dragged(wide, near, { x: 30, y: -20 }, 200))).toEqual({ left: 135, top: 60, side: 100 })
})

test('a slider goes from edge to edge, and stands in the middle where there is nothing to move', () => {
  const crop = whole(wide)

  expect(share(wide, crop, 'width')).toBe(0.5)
  expect(share(wide, crop, 'height')).toBe(0.5)
  expect(frame(wide, placed(wide, crop, 'width', 1)).left).toBe(200)
  expect(frame(wide, placed(wide, crop, 'width', 0)).left).toBe(0)
  expect(share(wide, placed(wide, crop, 'width', 0.25), 'width')).toBeCloseTo(0.25)
  expect(placed(wide, crop, 'height', 1).y).toBe(100)
})
