import { describe, expect, it } from 'vitest'
import type { Participant, ServerMessage, Snapshot } from '../api/types'
import { breakoutOf, elsewhere, fromSnapshot, hands, me, others, reduce, type Room, type RoomEvent } from './room'
// Recorded from the server: what a host and a guest were sent, and after each step the snapshot that a resync brought.
import recording from './room.recording.jsonl?raw'

interface Step {
  who: 'host' | 'guest'
  events: Extract<ServerMessage, { seq: number }>[]
  snapshot: Snapshot | null
}

const STEPS = recording
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Step)

function after(room: Room, events: Step['events']): Room {
  return events.filter((event): event is RoomEvent => event.type !== 'tick').reduce(reduce, room)
}

function person(id: string, change: Partial<Participant> = {}): Participant {
  const media = { microphone: false, camera: false, screen: false }
  const joined_at = '2026-06-22T12:00:00Z'
  return {
    id,
    session: id,
    name: id,
    role: 'guest',
    joined_at,
    media,
    hand: null,
    away_since: null,
    arrival: null,
    ...change,
  }
}

function roomOf(...participants: Participant[]): Room {
  const meeting = {
    code: 'abc-defg-hjk',
    title: '',
    engine: 'direct',
    lobby: false,
    limit: 6,
    ends_at: null,
    ending_soon: false,
    locked: false,
    needs_password: false,
    epoch: 0,
    place: null,
    breakouts: null,
    refusal: null,
  } as const
  return { you: 'me', meeting, participants, waiting: null, ended: null }
}

describe.each(['host', 'guest'] as const)('the recording of a %s', (who) => {
  const steps = STEPS.filter((step) => step.who === who)

  it('brings old state and events to the same as a fresh snapshot, at every step', () => {
    let room: Room | null = null
    for (const { events, snapshot } of steps) {
      room = room && after(room, events)
      if (!snapshot) continue
      room ??= fromSnapshot(snapshot)
      expect(room).toEqual(fromSnapshot(snapshot))
    }
  })

  it('numbers events without a gap', () => {
    const numbers = steps.flatMap(({ events }) => events.map(({ seq }) => seq))
    expect(numbers).toEqual(numbers.map((_, index) => (numbers[0] ?? 0) + index))
  })

  it('ends with the meeting', () => {
    const last = steps.at(-1)
    expect(last && after(roomOf(), last.events).ended).toBe('host')
  })
})

describe('room', () => {
  it('replaces the record of somebody who is there, and takes out who leaves', () => {
    const room = roomOf(person('me'), person('a'), person('b'))
    const renamed = reduce(room, { type: 'participant_changed', seq: 1, participant: person('a', { name: 'Anna' }) })
    expect(renamed.participants.map(({ name }) => name)).toEqual(['me', 'Anna', 'b'])
    expect(reduce(renamed, { type: 'participant_left', seq: 2, id: 'a', why: 'left' }).participants).toHaveLength(2)
    expect(room.participants).toHaveLength(3)
  })

  it('shows the others in the order of arrival, whatever order the server lists them in', () => {
    const late = person('a', { joined_at: '2026-06-22T12:00:05Z' })
    expect(others(roomOf(late, person('c'), person('me'), person('b'))).map(({ id }) => id)).toEqual(['b', 'c', 'a'])
  })

  it('orders hands by the events that raised them', () => {
    const room = roomOf(person('me', { hand: 9 }), person('a'), person('b', { hand: 4 }), person('c', { hand: 0 }))
    expect(hands(room)).toEqual(['c', 'b', 'me'])
  })

  it('knows who one is', () => {
    expect(me(roomOf(person('a'), person('me')))?.id).toBe('me')
    expect(me(roomOf(person('a')))).toBeNull()
  })

  it('replaces meeting and lobby', () => {
    const meeting = {
      code: 'abc-defg-hjk',
      title: 'New',
      engine: 'direct',
      lobby: true,
      limit: 6,
      ends_at: null,
      ending_soon: false,
      locked: false,
      needs_password: false,
      epoch: 0,
      place: null,
      breakouts: null,
      refusal: null,
    } as const
    const waiting = [{ id: 'w', name: 'W', since: '2026-06-22T12:00:00Z', away_since: null, word: null }]
    const changed = reduce(roomOf(), { type: 'meeting_changed', seq: 1, meeting })
    expect(changed.meeting.title).toBe('New')
    expect(reduce(changed, { type: 'waiting_changed', seq: 2, waiting }).waiting).toEqual(waiting)
  })
})

describe('breakout rooms', () => {
  const rooms = [
    { id: '1', name: 'Owls', help: null },
    { id: '2', name: 'Larks', help: null },
  ]
  const all = ['me', 'a', 'b', 'c'].map((id) => person(id))
  const apart = (people: Record<string, string>) => {
    const room = roomOf(...all)
    return { ...room, meeting: { ...room.meeting, breakouts: { rooms, people, choose: false, ends_at: null } } }
  }
  const ids = (people: { id: string }[]) => people.map(({ id }) => id)

  it('are none: everybody is together', () => {
    expect([ids(others(roomOf(...all))), ids(elsewhere(roomOf(...all)))]).toEqual([['a', 'b', 'c'], []])
  })

  it.each([
    ['in the main room', {}, ['a', 'b', 'c'], []],
    ['alone in the main room', { a: '1', b: '1', c: '2' }, [], ['a', 'b', 'c']],
    ['in a room with one', { me: '1', a: '1', c: '2' }, ['a'], ['b', 'c']],
    ['in a room without others', { me: '2', gone: '2' }, [], ['a', 'b', 'c']],
  ])('part people: one is %s', (_, people, beside, away) => {
    const room = apart(people)
    expect([ids(others(room)), ids(elsewhere(room))]).toEqual([beside, away])
    expect(beside.every((id) => breakoutOf(room.meeting, id) === breakoutOf(room.meeting, 'me'))).toBe(true)
  })
})
