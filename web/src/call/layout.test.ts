import { describe, expect, it } from 'vitest'
import { grid, stage, type Rect } from './layout'

const SIZES = [
  ['4K', 3840, 2160],
  ['laptop', 1280, 640],
  ['phone upright', 375, 560],
  ['phone on its side', 740, 300],
  ['square', 600, 600],
  ['narrow panel', 240, 900],
] as const

function overlap(a: Rect, b: Rect): boolean {
  const touch = 1e-6
  return (
    a.x + a.width > b.x + touch &&
    b.x + b.width > a.x + touch &&
    a.y + a.height > b.y + touch &&
    b.y + b.height > a.y + touch
  )
}

function expectTidy(places: Map<string, Rect>, width: number, height: number): void {
  const rects = [...places.values()]
  for (const [index, rect] of rects.entries()) {
    expect(rect.width).toBeGreaterThan(0)
    expect(rect.height).toBeGreaterThan(0)
    expect(rect.x).toBeGreaterThanOrEqual(-1e-6)
    expect(rect.y).toBeGreaterThanOrEqual(-1e-6)
    expect(rect.x + rect.width).toBeLessThanOrEqual(width + 1e-6)
    expect(rect.y + rect.height).toBeLessThanOrEqual(height + 1e-6)
    for (const other of rects.slice(index + 1)) expect(overlap(rect, other)).toBe(false)
  }
}

describe('grid', () => {
  it.each([
    [1, 1600, 900, 1, 1],
    [2, 1600, 900, 2, 1],
    [2, 400, 800, 1, 2],
    [3, 1600, 900, 2, 2],
    [4, 1600, 900, 2, 2],
    [6, 1600, 900, 3, 2],
    [6, 400, 800, 2, 3],
    [8, 1600, 900, 3, 3],
    [9, 1600, 900, 3, 3],
  ])('puts %i tiles on %i × %i into %i columns and %i rows', (count, width, height, columns, rows) => {
    expect(grid(count, width, height)).toMatchObject({ columns, rows })
  })

  it('keeps the shape of tiles within the limits', () => {
    for (const [, width, height] of SIZES) {
      for (let count = 1; count <= 9; count++) {
        const { tileWidth, tileHeight } = grid(count, width, height, { narrowest: 4 / 3, widest: 16 / 9 })
        expect(tileWidth / tileHeight).toBeGreaterThanOrEqual(4 / 3 - 1e-9)
        expect(tileWidth / tileHeight).toBeLessThanOrEqual(16 / 9 + 1e-9)
      }
    }
  })

  it('has no tile without room or people', () => {
    expect(grid(0, 100, 100).tileWidth).toBe(0)
    expect(grid(4, 0, 100).tileWidth).toBe(0)
    expect(grid(9, 10, 10, { gap: 20 }).tileWidth).toBe(0)
  })
})

describe.each(SIZES)('stage on a %s', (_, width, height) => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('has room for %i in a grid', (count) => {
    const tiles = Array.from({ length: count }, (_value, index) => `tile-${index}`)
    const places = stage('grid', tiles, width, height)
    expect([...places.keys()]).toEqual(tiles)
    expectTidy(places, width, height)
  })

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('puts one of %i in front', (count) => {
    const tiles = Array.from({ length: count }, (_value, index) => `tile-${index}`)
    const focus = tiles.at(-1) ?? ''
    const places = stage('speaker', tiles, width, height, { focus })
    expectTidy(places, width, height)
    const area = (rect: Rect | undefined) => (rect ? rect.width * rect.height : 0)
    for (const [key, rect] of places) {
      if (key !== focus) expect(area(rect)).toBeLessThan(area(places.get(focus)))
    }
    expect(places.size).toBeGreaterThanOrEqual(Math.min(count, Math.floor(Math.min(width, height) / 48)))
  })
})

describe('stage', () => {
  it('keeps the order of the filmstrip whoever is in front', () => {
    const tiles = ['a', 'b', 'c', 'd']
    const strip = (focus: string) =>
      [...stage('speaker', tiles, 1280, 720, { focus }).keys()].filter((key) => key !== focus)
    expect(strip('a')).toEqual(['b', 'c', 'd'])
    expect(strip('c')).toEqual(['a', 'b', 'd'])
  })

  it('puts the first in front when nobody is named, or somebody who has gone', () => {
    const tiles = ['a', 'b']
    const first = stage('speaker', tiles, 1280, 720)
    expect(first.get('a')?.width).toBeGreaterThan(first.get('b')?.width ?? Infinity)
    expect(stage('speaker', tiles, 1280, 720, { focus: 'gone' })).toEqual(first)
  })

  it('loses nobody to rounding, whatever the size of the window', () => {
    const tiles = Array.from({ length: 7 }, (_value, index) => `tile-${index}`)
    for (let height = 600; height <= 1200; height++) {
      expect(stage('speaker', tiles, height * 1.8, height).size, `at ${height} px`).toBe(7)
    }
  })

  it('leaves out what has no room at all', () => {
    const tiles = Array.from({ length: 30 }, (_value, index) => `tile-${index}`)
    const places = stage('speaker', tiles, 375, 600)
    expect(places.size).toBeLessThan(30)
    expect(places.size).toBeGreaterThan(2)
    expectTidy(places, 375, 600)
  })

  it('is empty without people or room', () => {
    expect(stage('grid', [], 100, 100).size).toBe(0)
    expect(stage('speaker', ['a'], 0, 100).size).toBe(0)
  })
})
