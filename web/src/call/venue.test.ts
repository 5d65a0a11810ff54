import { flushSync } from 'svelte'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ClientMessage, Participant, Place } from '../api/types'
import type { ConferenceHandlers } from './jitsi/conference'
import { Local } from './local.svelte'
import type { Room } from './room'
import { Venue } from './venue.svelte'

interface Visit {
  entry: { server: string; room: string; microphone: boolean }
  on: ConferenceHandlers
  closed: boolean
  asked: unknown[][]
}

const visits = vi.hoisted(() => [] as Visit[])

vi.mock('./jitsi/conference', () => ({
  Conference: class {
    readonly address = 'https://frame.example/'
    readonly #visit: Visit
    constructor(entry: Visit['entry'], on: ConferenceHandlers) {
      this.#visit = { entry, on, closed: false, asked: [] }
      visits.push(this.#visit)
    }
    close(): void {
      this.#visit.closed = true
    }
    setMicrophone(on: boolean): void {
      this.#visit.asked.push(['microphone', on])
    }
    raiseHand(raised: boolean): void {
      this.#visit.asked.push(['hand', raised])
    }
  },
}))

const SHOWN = { server: 'a.example', operator: 'A', country: 'DE' }
const PLACE: Place = { ...SHOWN, room: 'r1', password: 'p', opener: 'host', open: true }
/** As everybody is told of it but the opener. */
const SHUT: Place = { ...PLACE, room: '', password: '', open: false }

function person(id: string, change: Partial<Participant> = {}): Participant {
  const media = { microphone: true, camera: true, screen: false }
  const joined_at = '2026-06-22T12:00:00Z'
  const rest = { hand: null, away_since: null, arrival: null }
  return { id, session: id, name: id, role: 'guest', joined_at, media, ...rest, ...change }
}

function roomOf(
  epoch: number,
  place: Place | null,
  participants = [person('host', { role: 'host' }), person('me')],
): Room {
  const meeting = {
    code: 'abc-defg-hjk',
    title: '',
    engine: 'jitsi',
    lobby: false,
    limit: 75,
    ends_at: null,
    ending_soon: false,
    locked: false,
    needs_password: false,
    epoch,
    place,
    breakouts: null,
    refusal: null,
  } as const
  return { you: 'me', meeting, participants, waiting: null, ended: null }
}

function come(room: Room): { venue: Venue; sent: ClientMessage[]; local: Local } {
  const sent: ClientMessage[] = []
  const local = new Local({ changed: () => undefined, lost: () => undefined, dropped: () => undefined })
  const venue = new Venue(local, room, 'first', {
    send: (message) => sent.push(message) > 0,
    changed: () => undefined,
    chat: () => undefined,
  })
  return { venue, sent, local }
}

/** The engine's code is fetched when it is needed. */
async function loaded(): Promise<Visit> {
  await vi.advanceTimersByTimeAsync(0)
  await vi.dynamicImportSettled()
  flushSync()
  const visit = visits.at(-1)
  if (!visit) throw new Error('nobody went in')
  return visit
}

beforeEach(() => {
  vi.useFakeTimers()
  visits.length = 0
})
afterEach(() => {
  vi.useRealTimers()
})

describe('a place on a server', () => {
  it('is entered, and the server told how far one is', async () => {
    const { venue, sent } = come(roomOf(1, PLACE))
    const { on, entry } = await loaded()
    expect(entry).toMatchObject({ server: 'a.example', room: 'r1' })
    expect(venue.frame?.server).toBe('a.example')
    on.ready()
    on.joined()
    expect(venue.inside).toBe(true)
    expect(sent).toEqual([
      { type: 'engine_status', epoch: 1, state: 'ready' },
      { type: 'engine_status', epoch: 1, state: 'joined' },
    ])
  })

  it('is left to the opener until it is open', async () => {
    const { venue } = come(roomOf(1, SHUT))
    await vi.advanceTimersByTimeAsync(1000)
    expect(venue.frame).toBeNull()
    venue.follow(roomOf(1, PLACE))
    expect((await loaded()).entry.room).toBe('r1')
  })

  it('is opened by whoever is told to, and not left when somebody else is', async () => {
    const { venue } = come(roomOf(1, { ...PLACE, opener: 'me', open: false }))
    const { closed } = await loaded()
    venue.follow(roomOf(1, SHUT))
    expect(closed).toBe(false)
    expect(venue.place?.room).toBe('r1')
  })

  it('of a new epoch is gone to, once, whatever else of the meeting changes', async () => {
    const { venue } = come(roomOf(1, PLACE))
    const first = await loaded()
    venue.follow(roomOf(1, PLACE))
    expect(visits).toHaveLength(1)
    venue.follow(roomOf(2, { ...PLACE, server: 'b.example', room: 'r2' }))
    expect(first.closed).toBe(true)
    expect((await loaded()).entry.server).toBe('b.example')
    expect(venue.coming).toBe('elsewhere')
    expect(visits).toHaveLength(2)
    venue.follow(roomOf(3, { ...PLACE, server: 'b.example', room: 'r3' }))
    expect((await loaded()).entry.room).toBe('r3')
    expect(venue.coming).toBe('renewed')
  })

  it('that is none is waited for', async () => {
    const { venue } = come(roomOf(1, PLACE))
    const first = await loaded()
    venue.follow(roomOf(2, null))
    expect([first.closed, venue.place, venue.frame]).toEqual([true, null, null])
    venue.follow(roomOf(3, PLACE))
    await loaded()
    expect(visits).toHaveLength(2)
  })
})

describe('a failure', () => {
  it('is reported, and the place tried again when the meeting stays there', async () => {
    const { venue, sent } = come(roomOf(1, PLACE))
    const { on } = await loaded()
    on.failed('error', 'broken')
    expect(venue.frame).toBeNull()
    expect(venue.coming).toBe('again')
    expect(sent).toEqual([{ type: 'engine_failed', epoch: 1, reason: 'error', error: 'broken' }])
    venue.confirmed(1)
    await vi.advanceTimersByTimeAsync(1000)
    await loaded()
    expect(visits).toHaveLength(2)
    expect(venue.frame).not.toBeNull()
  })

  it('says what the server wants, until one is in or the meeting is elsewhere', async () => {
    const { venue, sent } = come(roomOf(1, PLACE))
    const { on } = await loaded()
    on.failed('login', null)
    expect(sent.at(-1)).toMatchObject({ reason: 'login' })
    expect(venue.refusal).toEqual({ server: 'a.example', how: 'login' })
    const elsewhere = roomOf(2, { ...PLACE, server: 'b.example' })
    const refusal = { server: 'a.example', how: 'embedding' } as const
    venue.follow({ ...elsewhere, meeting: { ...elsewhere.meeting, refusal } })
    expect(venue.refusal).toEqual(refusal)
    const next = await loaded()
    next.on.joined()
    expect(venue.refusal).toBeNull()
    next.on.failed('error', 'broken')
    expect(venue.refusal).toBeNull()
  })

  it('that is late waits for the news, which is on its way', async () => {
    const { venue } = come(roomOf(1, PLACE))
    const { on } = await loaded()
    on.failed('error', 'broken')
    venue.confirmed(2)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(visits).toHaveLength(1)
    venue.follow(roomOf(2, { ...PLACE, server: 'b.example' }))
    expect((await loaded()).entry.server).toBe('b.example')
  })

  it('is said again when the socket was away', async () => {
    const { venue, sent } = come(roomOf(1, PLACE))
    const { on } = await loaded()
    on.failed('no_ready', null)
    venue.reconnected()
    expect(sent.filter(({ type }) => type === 'engine_failed')).toHaveLength(2)
  })

  it('an old place that loads itself again is left when the meeting has moved on', async () => {
    const { venue } = come(roomOf(1, PLACE))
    const { on } = await loaded()
    on.joined()
    on.ready()
    venue.confirmed(2)
    expect([venue.frame, venue.inside]).toEqual([null, false])
  })
})

describe('what one sends', () => {
  it('stays as it was, and our buttons reach over there', async () => {
    const { venue, local } = come(roomOf(1, PLACE))
    local.switched({ microphone: true, camera: false })
    const visit = await loaded()
    expect(visit.entry.microphone).toBe(true)
    await local.setMicrophone(false)
    venue.raiseHand(true)
    expect(visit.asked).toEqual([
      ['microphone', false],
      ['hand', true],
    ])
    visit.on.sends({ microphone: true, screen: true })
    expect([local.microphone, local.camera, local.sharing]).toEqual([true, false, true])
  })
})
