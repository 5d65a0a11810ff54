import { expect, test } from 'vitest'
import { aPeer, FakeCall } from './testing/fake.svelte'
import { mainTile, tilesOf } from './tiles'

const nothing = { layout: 'auto', pinned: null, activeSpeaker: null } as const

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

  expect(mainTile(tilesOf(call), { ...nothing, layout: 'grid', pinned })?.key).toBe('me/camera')
  expect(mainTile(tilesOf(call), { ...nothing, pinned: { id: 'gone', source: 'camera' } })).toBeNull()
})
