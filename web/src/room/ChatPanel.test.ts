import { flushSync } from 'svelte'
import { beforeEach, expect, test } from 'vitest'
import ChatPanel from './ChatPanel.svelte'
import { FakeCall } from './testing/fake.svelte'
import { aMessage } from './testing/message'
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
    aMessage({ text: 'See https://example.org/x.' }),
    aMessage({ id: '2', text: '<b>no</b> javascript:alert(1)' }),
  ]
  flushSync()
  const link = page.root.querySelector('article a')

  expect(link?.getAttribute('href')).toBe('https://example.org/x')
  expect(link?.getAttribute('rel')).toContain('noreferrer')
  expect(page.root.querySelectorAll('article a')).toHaveLength(1)
  expect(page.text()).toContain('<b>no</b>')
  expect(page.root.querySelector('article b')).toBeNull()
})

function choose(id: string): void {
  const select = page.root.querySelector('select')
  if (!select) throw new Error('nobody to choose from')
  select.value = id
  select.dispatchEvent(new Event('change', { bubbles: true }))
  flushSync()
}

test('one person can be written to alone, and what was meant for them never goes to all', () => {
  call.peers = FakeCall.inside('Ada', 'Ben', 'Cem').peers
  flushSync()
  choose('p1')
  expect(page.text()).toContain('Only you and Cem see this')
  type('psst')
  expect(call.asked).toEqual([['sendChat', 'psst', { to: 'p1', reply: null }]])

  call.reaches = false
  call.peers = call.peers.slice(0, 1)
  flushSync()
  type('still for Cem')
  expect(call.asked.at(-1)).toEqual(['sendChat', 'still for Cem', { to: 'p1', reply: null }])
  expect(field().value).toBe('still for Cem')
})

test('an answer says what it answers, and to what was private it is private', () => {
  const message = aMessage({ alone: { id: 'p0', name: 'Ben' } })
  call.messages = [message]
  flushSync()
  page.press('Reply')
  type('yes')
  expect(call.asked).toEqual([['sendChat', 'yes', { to: 'p0', reply: message }]])
})

test('what was quoted is shown above the answer, and said to be unknown where it never came here', () => {
  call.messages = [
    aMessage({ quote: { name: 'Cem', text: 'cake at four', mine: false } }),
    aMessage({ id: '2', quote: { name: '', text: null, mine: false } }),
  ]
  flushSync()
  const quotes = [...page.root.querySelectorAll('blockquote')].map((quote) =>
    quote.textContent.replace(/\s+/gu, ' ').trim(),
  )
  expect(quotes).toEqual(['Cem cake at four', 'A message that you do not have'])
})

test('through a server there is neither a choice of people nor an answer', () => {
  call.peers = FakeCall.inside('Ada', 'Ben', 'Cem').peers
  call.venue = {
    place: null,
    frame: null,
    inside: true,
    coming: 'first',
    refusal: null,
    asking: false,
    showTiles: () => undefined,
    forbidden: () => undefined,
  }
  call.messages = [aMessage()]
  flushSync()
  expect(page.root.querySelector('select')).toBeNull()
  expect(page.buttons()).not.toContain('Reply')
  expect(page.buttons()).toContain('Copy the text')
})
