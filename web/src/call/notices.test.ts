import { describe, expect, it } from 'vitest'
import type { Participant, Waiting } from '../api/types'
import { newsBetween, remembering } from './notices'
import type { Room } from './room'

const NOTHING = { microphone: false, camera: false, screen: false }
const SINCE = '2026-06-22T12:00:00Z'

function person(id: string, change: Partial<Participant> = {}): Participant {
  const name = id.toUpperCase()
  return {
    id,
    session: id,
    name,
    role: 'guest',
    joined_at: SINCE,
    media: NOTHING,
    hand: null,
    away_since: null,
    arrival: null,
    ...change,
  }
}

function roomOf(participants: Participant[], waiting: Waiting[] | null = null): Room {
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
  return { you: 'me', meeting, participants, waiting, ended: null }
}

function waiting(id: string): Waiting {
  return { id, name: id.toUpperCase(), since: SINCE, away_since: null, word: null }
}

const me = person('me')

describe('newsBetween', () => {
  it.each([
    ['nothing', [me], [me], []],
    ['somebody comes', [me], [me, person('a')], [{ kind: 'joined', name: 'A' }]],
    ['somebody goes', [me, person('a')], [me], [{ kind: 'left', name: 'A' }]],
    ['a hand goes up', [me, person('a')], [me, person('a', { hand: 3 })], [{ kind: 'hand_raised', name: 'A' }]],
    ['a hand goes down', [me, person('a', { hand: 3 })], [me, person('a')], []],
    [
      'a screen is shared',
      [me, person('a')],
      [me, person('a', { media: { ...NOTHING, screen: true } })],
      [{ kind: 'sharing', name: 'A' }],
    ],
    ['somebody is away', [me, person('a')], [me, person('a', { away_since: SINCE })], []],
    ['one raises a hand oneself', [me], [person('me', { hand: 1 })], []],
    ['one becomes a co-host', [me], [person('me', { role: 'cohost' })], [{ kind: 'made_cohost' }]],
    ['one hands over', [person('me', { role: 'host' })], [person('me', { role: 'cohost' })], [{ kind: 'made_cohost' }]],
    ['one is no co-host any more', [person('me', { role: 'cohost' })], [me], [{ kind: 'cohost_no_more' }]],
    ['one becomes a host', [me], [person('me', { role: 'host' })], [{ kind: 'made_host' }]],
  ])('%s', (_, before, after, news) => {
    expect(newsBetween(roomOf(before), roomOf(after))).toEqual(news)
  })

  it('says when the meeting is locked, and when it is open again', () => {
    const open = roomOf([me])
    const locked = { ...open, meeting: { ...open.meeting, locked: true } }
    expect(newsBetween(open, locked)).toEqual([{ kind: 'locked' }])
    expect(newsBetween(locked, open)).toEqual([{ kind: 'unlocked' }])
  })

  it('tells hosts, and nobody else, why the meeting left a server', () => {
    const refusal = { server: 'a.example', how: 'login' } as const
    const left = (room: Room): Room => ({ ...room, meeting: { ...room.meeting, epoch: 1, refusal } })
    const led = roomOf([person('me', { role: 'cohost' })])
    expect(newsBetween(led, left(led))).toEqual([{ kind: 'server_refused', refusal }])
    expect(newsBetween(left(led), left(led))).toEqual([])
    expect(newsBetween(roomOf([me]), left(roomOf([me])))).toEqual([])
  })

  it('tells hosts who knocks, and a new host nothing about those who wait already', () => {
    const one = [waiting('a')]
    const two = [...one, waiting('b')]
    expect(newsBetween(roomOf([me], one), roomOf([me], two))).toEqual([{ kind: 'waiting', name: 'B' }])
    expect(newsBetween(roomOf([me], null), roomOf([me], two))).toEqual([])
  })
})

describe('newsBetween breakout rooms', () => {
  const people = ['me', 'a', 'b'].map((id) => person(id))
  const apart = (places: Record<string, string> | null): Room => {
    const room = roomOf(people)
    const rooms = [{ id: '1', name: 'Owls', help: null }]
    const breakouts = places && { rooms, people: places, choose: false, ends_at: null }
    return { ...room, meeting: { ...room.meeting, breakouts } }
  }

  it.each([
    ['they are opened, and one stays', null, { a: '1' }, [{ kind: 'breakouts_open' }]],
    ['they are opened, and one goes', null, { me: '1', a: '1' }, [{ kind: 'in_room', name: 'Owls' }]],
    ['one is moved', { a: '1' }, { me: '1', a: '1' }, [{ kind: 'in_room', name: 'Owls' }]],
    ['one goes back', { me: '1', a: '1' }, { a: '1' }, [{ kind: 'in_main_room' }]],
    ['somebody comes', { me: '1' }, { me: '1', a: '1' }, [{ kind: 'came', name: 'A' }]],
    ['somebody goes', { me: '1', a: '1' }, { me: '1' }, [{ kind: 'went', name: 'A' }]],
    ['somebody moves elsewhere', { me: '1' }, { me: '1' }, []],
    ['they are closed', { me: '1', a: '1' }, null, [{ kind: 'breakouts_over' }]],
  ] as const)('%s', (_, before, after, news) => {
    expect(newsBetween(apart(before), apart(after))).toEqual(news)
  })

  it('tells of those who come and leave the meeting only in the same room', () => {
    const gone = (room: Room): Room => ({ ...room, participants: people.slice(0, 2) })
    const before = apart({ me: '1', a: '1' })
    expect(newsBetween(before, gone(before))).toEqual([])
    expect(newsBetween(gone(before), before)).toEqual([])
    const together = apart({ me: '1', a: '1', b: '1' })
    expect(newsBetween(together, gone(together))).toEqual([{ kind: 'left', name: 'B' }])
  })
})

describe('remembering', () => {
  const sending = person('a', { media: { microphone: true, camera: true, screen: true }, hand: 7 })

  it('keeps what an absent person sent: pictures flow without the server', () => {
    const restarted = person('a', { away_since: SINCE })
    const room = remembering(roomOf([me, sending]), roomOf([me, restarted]))
    expect(room.participants[1]).toEqual({ ...sending, away_since: SINCE })
    // And so nothing is announced twice when they are back.
    expect(newsBetween(room, roomOf([me, sending]))).toEqual([])
  })

  it('believes the server about everybody else', () => {
    const reloaded = person('a', { session: 'new', away_since: SINCE })
    const silent = person('a')
    expect(remembering(roomOf([sending]), roomOf([reloaded])).participants).toEqual([reloaded])
    expect(remembering(roomOf([sending]), roomOf([silent])).participants).toEqual([silent])
  })
})
