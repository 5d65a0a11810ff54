import { expect, test } from 'vitest'
import { floatingPlace } from './floating'

test.each([
  [1400, 800],
  [360, 640],
  [740, 340],
  [320, 200],
])('on a stage of %d × %d the self view is inside and takes at most a third', (width, height) => {
  const place = floatingPlace(width, height)

  expect(place.x).toBeGreaterThanOrEqual(0)
  expect(place.y).toBeGreaterThanOrEqual(0)
  expect(place.x + place.width).toBeLessThan(width)
  expect(place.y + place.height).toBeLessThan(height)
  expect(place.width).toBeLessThanOrEqual(width / 3)
  expect(place.height).toBeLessThanOrEqual(height / 3 + 0.01)
})

test('on a low stage it leaves the lower edge to the controls', () => {
  expect(floatingPlace(740, 340).y).toBe(16)
})

test('it never lies on the name, which stands where lines begin', () => {
  const { x, width } = floatingPlace(1400, 800)
  expect(x + width).toBe(1400 - 16)
  expect(floatingPlace(1400, 800, true).x).toBe(16)
})
