import { flushSync } from 'svelte'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import Notices from './Notices.svelte'
import { FakeCall } from './testing/fake.svelte'
import { enter } from './testing/stage'
import { RoomView } from './view.svelte'

const ROOM = {
  code: 'abc-defg-hjk',
  title: 'Tea',
  engine: 'direct',
  lobby: false,
  limit: 6,
  ends_at: '2026-06-22T13:30:00Z',
  ending_soon: true,
  locked: false,
  needs_password: false,
  epoch: 0,
  place: null,
  breakouts: null,
  refusal: null,
} as const

beforeEach(() => vi.useFakeTimers())

afterEach(() => vi.useRealTimers())

function near(role: 'host' | 'guest'): { call: FakeCall; page: ReturnType<typeof enter> } {
  const call = FakeCall.inside('Ada', 'Ben')
  call.isHost = role === 'host'
  call.room = ROOM
  const page = enter(Notices, call, new RoomView(call))
  expect(page.text()).not.toContain('meeting ends at')
  // The live region was there first, and empty.
  vi.advanceTimersByTime(100)
  flushSync()
  return { call, page }
}

test('near its end everybody is told, and the host lets it go on', () => {
  const { call, page } = near('host')
  expect(page.text()).toMatch(/The meeting ends at \d/u)
  page.press('15 minutes more')
  expect(call.asked).toEqual([['extend']])
  call.room = { ...ROOM, ending_soon: false }
  flushSync()
  expect(page.text()).not.toContain('meeting ends at')
})

test('a guest puts the note away, and is told again of another end', () => {
  const { call, page } = near('guest')
  expect(page.buttons()).not.toContain('15 minutes more')
  page.press('OK')
  expect(page.text()).not.toContain('meeting ends at')
  call.room = { ...ROOM, ends_at: '2026-06-22T13:45:00Z' }
  flushSync()
  expect(page.text()).toContain('meeting ends at')
})
