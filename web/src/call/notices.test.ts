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
  } as const
  return { you: 'me', meeting, participants, waiting, ended: null }
}

function waiting(id: string): Waiting {
  return { id, name: id.toUpperCase(), since: SINCE, away_since: null }
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

  it('tells hosts who knocks, and a new host nothing about those who wait already', () => {
    const one = [waiting('a')]
    const two = [...one, waiting('b')]
    expect(newsBetween(roomOf([me], one), roomOf([me], two))).toEqual([{ kind: 'waiting', name: 'B' }])
    expect(newsBetween(roomOf([me], null), roomOf([me], two))).toEqual([])
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
