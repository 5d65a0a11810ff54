import { beforeEach, expect, test } from 'vitest'
import { pressKey } from './shortcuts'
import { FakeCall } from './testing/fake.svelte'
import { RoomView } from './view.svelte'

let call: FakeCall
let view: RoomView

beforeEach(() => {
  document.body.innerHTML = '<button>b</button><input><dialog></dialog>'
  call = FakeCall.inside('Ada', 'Ben')
  view = new RoomView(call)
})

function press(key: string, on: string, init: KeyboardEventInit = {}): KeyboardEvent {
  const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...init })
  document.querySelector(on)?.addEventListener('keydown', (heard) => pressKey(heard as KeyboardEvent, call, view), {
    once: true,
  })
  document.querySelector(on)?.dispatchEvent(event)
  return event
}

test('single keys do what their buttons do', () => {
  press('m', 'button')
  press('V', 'button')
  press('h', 'button')
  press('c', 'button')
  press('?', 'button', { shiftKey: true })

  expect(call.local.microphone).toBe(false)
  expect(call.local.camera).toBe(false)
  expect(call.asked).toEqual([['raiseHand', true]])
  expect(view.panel).toBe('chat')
  expect(view.dialog).toBe('shortcuts')
})

test('what is typed is typed', () => {
  expect(press('m', 'input').defaultPrevented).toBe(false)
  expect(call.local.microphone).toBe(true)
})

test.each([
  ['with Control', { ctrlKey: true }],
  ['with Command', { metaKey: true }],
  ['held down', { repeat: true }],
])('a key %s is none of ours', (_, init) => {
  press('m', 'button', init)
  expect(call.local.microphone).toBe(true)
})

test('while a dialog is open, keys rest', () => {
  document.querySelector('dialog')?.setAttribute('open', '')
  press('m', 'button')
  expect(call.local.microphone).toBe(true)
})

test('they can be switched off', () => {
  view.keys = false
  press('m', 'button')
  expect(call.local.microphone).toBe(true)
})
