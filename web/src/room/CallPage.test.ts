import { flushSync } from 'svelte'
import { beforeEach, expect, test, vi } from 'vitest'
import CallPage from './CallPage.svelte'
import { aMeeting, FakeCall } from './testing/fake.svelte'
import { fetched, show, type Stage } from './testing/stage'
import type { Ending } from '../call/model'

let call: FakeCall
let restart: () => void

beforeEach(() => {
  document.body.innerHTML = ''
  call = new FakeCall()
  restart = vi.fn<() => void>()
})

function open(): Stage {
  return show(CallPage, { call, restart })
}

test('the state of the call stands on the root element, and goes with the page', async () => {
  const page = open()
  expect(document.documentElement.dataset['callState']).toBe('prejoin')
  call.state = 'lobby'
  flushSync()
  expect(document.documentElement.dataset['callState']).toBe('lobby')
  await fetched()
  expect(page.text()).toContain('You’ll be let in soon')

  await page.close()
  expect(document.documentElement.dataset['callState']).toBe('idle')
})

test.each([
  ['meeting-not-found', 'There is no meeting with this code'],
  ['meeting-full', 'This meeting is full'],
  ['banned', 'You cannot join this meeting'],
  ['meeting-ended', 'This meeting is over'],
])('%s is a page of its own', async (code, title) => {
  call.problem = { code, detail: '', retryAfterSeconds: null }
  const page = open()
  await fetched()
  expect(page.text()).toContain(title)
})

test('who comes too early waits, and asks again by itself when it opens', async () => {
  vi.useFakeTimers()
  call.view = aMeeting({ kind: 'scheduled', status: 'scheduled', starts_at: '2027-03-03T10:00:00Z' })
  call.problem = { code: 'too-early', detail: '', retryAfterSeconds: 8 }
  const page = open()
  await fetched()
  expect(page.text()).toContain('A little early')
  expect(page.text()).toContain('00:08')
  vi.advanceTimersByTime(7000)
  flushSync()
  expect(page.text()).toContain('00:01')
  expect(call.asked).toEqual([])
  vi.advanceTimersByTime(1000)
  expect(call.asked).toEqual([['askAgain']])
  vi.useRealTimers()
})

test('a meeting that was over before one came is over', async () => {
  call.view = aMeeting({ status: 'ended' })
  const page = open()
  await fetched()
  expect(page.text()).toContain('This meeting is over')
})

test('offline before anything was loaded: the page goes on by itself when the network is back', () => {
  call.view = null
  call.problem = { code: 'offline', detail: '', retryAfterSeconds: null }
  open()
  window.dispatchEvent(new Event('online'))
  expect(restart).toHaveBeenCalledOnce()
})

test.each<[Ending, string, string | null]>([
  [{ kind: 'left' }, 'You have left the meeting', 'Rejoin'],
  [{ kind: 'replaced' }, 'You are in this meeting in another tab', 'Use it here'],
  [{ kind: 'removed' }, 'You were removed from the meeting', null],
  [{ kind: 'refused' }, 'You were not let in', null],
  [{ kind: 'meeting_ended', why: 'host' }, 'The host ended it for everybody.', null],
  [{ kind: 'meeting_ended', why: 'abandoned' }, 'Nobody was there any more', null],
])('%o is worded, with a way on', async (ending, words, back) => {
  call.ending = ending
  call.state = 'ended'
  const page = open()
  await fetched()

  expect(page.text()).toContain(words)
  expect(page.root.querySelector('a[href="/#new"]')?.textContent).toBe('Start a new meeting')
  if (back === null) expect(page.buttons()).not.toContain('Rejoin')
  else {
    page.press(back)
    expect(restart).toHaveBeenCalledOnce()
  }
})
