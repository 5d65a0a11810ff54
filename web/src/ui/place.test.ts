import { expect, test } from 'vitest'
import { position } from './place'

const view = { width: 360, height: 740 }
const size = { width: 240, height: 300 }

test('stands above its trigger, centred on it', () => {
  expect(position({ left: 160, top: 600, width: 40, height: 40 }, size, view)).toEqual({ left: 60, top: 292 })
})

test('stays inside the window on both sides', () => {
  expect(position({ left: 320, top: 600, width: 40, height: 40 }, size, view).left).toBe(112)
  expect(position({ left: 0, top: 600, width: 40, height: 40 }, size, view).left).toBe(8)
})

test('goes below where there is no room above', () => {
  expect(position({ left: 160, top: 20, width: 40, height: 40 }, size, view).top).toBe(68)
})

test('is cut off at its end, not at its beginning, where there is no room at all', () => {
  expect(position({ left: 0, top: 100, width: 40, height: 40 }, { width: 900, height: 900 }, view)).toEqual({
    left: 8,
    top: 8,
  })
})
