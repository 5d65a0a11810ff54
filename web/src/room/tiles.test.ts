import { expect, test } from 'vitest'
import { aPeer, FakeCall } from './testing/fake.svelte'
import { mainTiles, tilesOf, type TileItem } from './tiles'

const nothing = { layout: 'auto', pins: [], spotlight: [], activeSpeaker: null } as const

function mainTile(tiles: TileItem[], choice: Parameters<typeof mainTiles>[1]): TileItem | null {
  return mainTiles(tiles, choice)[0] ?? null
}

function keys(call: FakeCall): string[] {
  return tilesOf(call).map((tile) => tile.key)
}

test('others come in their order, oneself last, a screen before its person', () => {
  const call = FakeCall.inside('Ada', 'Ben', 'Cem')
  call.peers = [aPeer('p0', 'Ben'), aPeer('p1', 'Cem', { screenStream: new MediaStream() })]

  expect(keys(call)).toEqual(['p0/camera', 'p1/screen', 'p1/camera', 'me/camera'])
})

test('one other person gets the room, and more share it', () => {
  expect(mainTile(tilesOf(FakeCall.inside('Ada', 'Ben')), nothing)?.key).toBe('p0/camera')
  expect(mainTile(tilesOf(FakeCall.inside('Ada', 'Ben', 'Cem')), nothing)).toBeNull()
})

test('a shared screen comes to the front, unless the grid was asked for', () => {
  const call = FakeCall.inside('Ada', 'Ben')
  call.peers = [aPeer('p0', 'Ben', { screenStream: new MediaStream() }), aPeer('p1', 'Cem')]

  expect(mainTile(tilesOf(call), nothing)?.key).toBe('p0/screen')
  expect(mainTile(tilesOf(call), { ...nothing, layout: 'grid' })).toBeNull()
})

test('the speaker view follows who speaks, and begins with the first', () => {
  const tiles = tilesOf(FakeCall.inside('Ada', 'Ben', 'Cem'))

  expect(mainTile(tiles, { ...nothing, layout: 'speaker', activeSpeaker: 'p1' })?.key).toBe('p1/camera')
  expect(mainTile(tiles, { ...nothing, layout: 'speaker' })?.key).toBe('p0/camera')
})

test('what is pinned wins while it is there', () => {
  const call = FakeCall.inside('Ada', 'Ben', 'Cem')
  const pinned = { id: 'me', source: 'camera' } as const

  expect(mainTile(tilesOf(call), { ...nothing, layout: 'grid', pins: [pinned] })?.key).toBe('me/camera')
  expect(mainTile(tilesOf(call), { ...nothing, pins: [{ id: 'gone', source: 'camera' }] })).toBeNull()
})

test("several pictures are pinned in the order of the people, and one's own pins go before those for everybody", () => {
  const tiles = tilesOf(FakeCall.inside('Ada', 'Ben', 'Cem', 'Dunja'))
  const ben = { id: 'p0', source: 'camera' } as const
  const dunja = { id: 'p2', source: 'camera' } as const
  const keys = (choice: object) => mainTiles(tiles, { ...nothing, ...choice }).map(({ key }) => key)

  expect(keys({ pins: [dunja, ben] })).toEqual(['p0/camera', 'p2/camera'])
  expect(keys({ spotlight: [dunja] })).toEqual(['p2/camera'])
  expect(keys({ pins: [ben], spotlight: [dunja] })).toEqual(['p0/camera'])
  expect(keys({ pins: [{ id: 'gone', source: 'camera' }], spotlight: [dunja] })).toEqual(['p2/camera'])
})
