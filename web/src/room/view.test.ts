import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { ChatMessage } from '../call/model'
import { FakeCall } from './testing/fake.svelte'
import { aMessage } from './testing/message'
import { RoomView } from './view.svelte'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

function said(id: string, mine = false): ChatMessage {
  return aMessage({ id, from: mine ? 'me' : 'p0', text: 'walrus', mine })
}

test('messages of others count as unread until the chat was open', () => {
  const call = FakeCall.inside('Ada', 'Ben')
  const view = new RoomView(call)
  call.messages = [said('1'), said('2'), said('3', true)]
  expect(view.unread).toBe(2)

  view.toggle('chat')
  expect(view.unread).toBe(0)
  call.messages = [...call.messages, said('4')]
  view.toggle('people')
  expect(view.unread).toBe(0)
  call.messages = [...call.messages, said('5')]
  expect(view.unread).toBe(1)
})

test('only one panel is open at a time', () => {
  const view = new RoomView(new FakeCall())
  view.toggle('chat')
  view.toggle('people')
  expect(view.panel).toBe('people')
  view.toggle('people')
  expect(view.panel).toBeNull()
})

test('ending for all can be undone for a moment', () => {
  const call = FakeCall.inside('Ada', 'Ben')
  const view = new RoomView(call)
  view.endForAll()
  view.keepGoing()
  vi.advanceTimersByTime(10_000)
  expect(call.asked).toEqual([])

  view.endForAll()
  expect(view.ending).toBe(true)
  vi.advanceTimersByTime(10_000)
  expect(call.asked).toEqual([['end']])
})

test('who closes the page after ending for all has ended it', () => {
  const call = FakeCall.inside('Ada', 'Ben')
  const view = new RoomView(call)
  view.endForAll()
  view.endNow()
  vi.advanceTimersByTime(10_000)

  expect(call.asked).toEqual([['end']])
})

test('alone there is nobody to undo it for', () => {
  const call = FakeCall.inside('Ada')
  new RoomView(call).endForAll()

  expect(call.asked).toEqual([['end']])
})

test('closing the page without having pressed anything ends nothing', () => {
  const call = FakeCall.inside('Ada', 'Ben')
  new RoomView(call).endNow()

  expect(call.asked).toEqual([])
})

test('the same picture pinned twice is let go', () => {
  const view = new RoomView(new FakeCall())
  view.togglePin('p0', 'screen')
  expect(view.isPinned('p0', 'screen')).toBe(true)
  expect(view.isPinned('p0', 'camera')).toBe(false)
  view.togglePin('p0', 'screen')
  expect(view.pins).toEqual([])
  view.togglePin('p0', 'camera')
  view.togglePin('p1', 'camera')
  expect(view.pins).toHaveLength(2)
})
