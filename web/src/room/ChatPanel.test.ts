import { flushSync } from 'svelte'
import { beforeEach, expect, test } from 'vitest'
import ChatPanel from './ChatPanel.svelte'
import { FakeCall } from './testing/fake.svelte'
import { enter, type Stage } from './testing/stage'

let call: FakeCall
let page: Stage

beforeEach(() => {
  document.body.innerHTML = ''
  call = FakeCall.inside('Ada', 'Ben')
  page = enter(ChatPanel, call)
})

function field(): HTMLTextAreaElement {
  const found = page.root.querySelector('textarea')
  if (!found) throw new Error('no field')
  return found
}

function type(text: string, init: KeyboardEventInit = {}): void {
  field().value = text
  field().dispatchEvent(new Event('input', { bubbles: true }))
  flushSync()
  field().dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true, ...init }))
  flushSync()
}

test('Enter sends, and the field is empty for the next one', () => {
  type(' walrus ')
  expect(call.asked).toEqual([['sendChat', 'walrus']])
  expect(field().value).toBe('')
})

test('Shift and Enter write another line, and nothing at all sends nothing', () => {
  type('walrus', { shiftKey: true })
  type('   ')
  expect(call.asked).toEqual([])
})

test('while a word is being composed, Enter belongs to it', () => {
  type('かな', { isComposing: true })
  expect(call.asked).toEqual([])
})

test('what reached nobody stays in the field', () => {
  call.reaches = false
  type('walrus')
  expect(field().value).toBe('walrus')
  expect(page.text()).toContain('That reached nobody')
})

test('addresses in messages are links that tell the other site nothing', () => {
  call.messages = [
    { id: '1', from: 'p0', name: 'Ben', text: 'See https://example.org/x.', at: new Date(), mine: false },
    { id: '2', from: 'p0', name: 'Ben', text: '<b>no</b>', at: new Date(), mine: false },
  ]
  flushSync()
  const link = page.root.querySelector('article a')

  expect(link?.getAttribute('href')).toBe('https://example.org/x')
  expect(link?.getAttribute('rel')).toContain('noreferrer')
  expect(page.text()).toContain('<b>no</b>')
  expect(page.root.querySelector('article b')).toBeNull()
})
