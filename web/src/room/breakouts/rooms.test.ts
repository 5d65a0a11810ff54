import { describe, expect, test } from 'vitest'
import type { RoomMeeting } from '../../call/model'
import { aPerson, FakeCall } from '../testing/fake.svelte'
import { enter, submit } from '../testing/stage'
import { RoomView } from '../view.svelte'
import Banner from './Banner.svelte'
import Plan from './Plan.svelte'
import { evenly, roomsOf } from './rooms'

function apart(people: Record<string, string>, more: object = {}): FakeCall {
  const call = FakeCall.inside('Ada', 'Ben')
  call.elsewhere = [aPerson('p1', 'Cem')]
  const rooms = [
    { id: '1', name: 'Owls', help: null },
    { id: '2', name: 'Larks', help: 'p1' },
  ]
  call.room = {
    limit: 6,
    breakouts: { rooms, people, choose: false, ends_at: null, ...more },
  } as unknown as RoomMeeting
  return call
}

describe('evenly', () => {
  test.each([
    [5, 2, [3, 2]],
    [4, 4, [1, 1, 1, 1]],
    [2, 3, [1, 1, 0]],
    [0, 2, [0, 0]],
  ])('%i people in %i rooms', (people, rooms, sizes) => {
    const places = evenly(
      Array.from({ length: people }, (_, index) => String(index)),
      rooms,
    )
    const counted = sizes.map((_, room) => [...places.values()].filter((place) => place === room).length)
    expect(counted).toEqual(sizes)
    expect(places.size).toBe(people)
  })
})

test('everybody is in one of the rooms, and who calls is named', () => {
  const rooms = roomsOf(apart({ me: '1', p0: '1', p1: '2' }))
  expect(rooms.map(({ id, people, here, calls }) => [id, people.map(({ name }) => name), here, calls])).toEqual([
    ['', [], false, null],
    ['1', ['Ada', 'Ben'], true, null],
    ['2', ['Cem'], false, 'Cem'],
  ])
  expect(roomsOf(FakeCall.inside('Ada'))).toEqual([])
})

test('who may not choose asks for help, and has no other way', async () => {
  const stage = enter(Banner, apart({ me: '1', p0: '1' }))
  expect(stage.text()).toContain('Owls With Ben')
  expect(stage.buttons()).toEqual(['Ask for help'])
  await stage.close()
})

test('who may choose goes back to the main room', async () => {
  const call = apart({ me: '1' }, { choose: true })
  const stage = enter(Banner, call)
  stage.press('Back to the main room')
  expect(call.asked).toEqual([['askBreakouts', { type: 'go_to_breakout', room: null }]])
  await stage.close()
})

test('a plan names rooms and puts everybody into one', async () => {
  const call = FakeCall.inside('Ada', 'Ben', 'Cem')
  call.isHost = true
  const stage = enter(Plan, call, new RoomView(call))
  stage.write('Name of room 1', 'Owls')
  submit(stage)
  const [[, wish]] = call.asked as [[string, { rooms: { name: string; people: string[] }[]; minutes: number | null }]]
  expect(wish.rooms.map(({ name }) => name)).toEqual(['Owls', 'Room 2'])
  expect(wish.rooms.map(({ people }) => people.length)).toEqual([1, 1])
  expect(wish.minutes).toBeNull()
  await stage.close()
})
