import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Notice } from '../call/model'
import { noticeText, Toasts } from './toasts.svelte'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

function joined(id: number, name: string): Notice {
  return { id, kind: 'joined', name }
}

test('what is new is shown once, and goes by itself', () => {
  const toasts = new Toasts()
  toasts.take([joined(1, 'Ada')])
  toasts.take([joined(1, 'Ada'), joined(2, 'Ben')])

  expect(toasts.shown.map(({ text }) => text)).toEqual(['Ada joined', 'Ben joined'])
  vi.advanceTimersByTime(6000)
  expect(toasts.shown).toEqual([])
})

test('a crowd does not fill the screen', () => {
  const toasts = new Toasts()
  toasts.take([1, 2, 3, 4, 5].map((id) => joined(id, `P${id}`)))

  expect(toasts.shown.map(({ text }) => text)).toEqual(['P3 joined', 'P4 joined', 'P5 joined'])
})

test('what the room shows in another way is no toast', () => {
  expect(noticeText({ id: 1, kind: 'waiting', name: 'Ada' })).toBeNull()
  expect(noticeText({ id: 1, kind: 'sound_blocked' })).toBeNull()
})

test('a lost device names what took its place, or says that nothing did', () => {
  expect(noticeText({ id: 1, kind: 'device_lost', device: 'camera', name: 'Desk' })).toBe('Switched to Desk')
  expect(noticeText({ id: 1, kind: 'device_lost', device: 'camera', name: null })).toBe('Your camera was unplugged')
})

test.each([
  ['login', 'meet.example asks people to log in there.'],
  ['lobby', 'meet.example lets people wait in a lobby of its own.'],
  ['password', 'meet.example asks for a password of its own.'],
  ['embedding', 'meet.example does not let other sites show its meetings.'],
] as const)('hosts read in plain words why a server was left: %s', (how, text) => {
  expect(noticeText({ id: 1, kind: 'server_refused', refusal: { server: 'meet.example', how } })).toBe(text)
})
