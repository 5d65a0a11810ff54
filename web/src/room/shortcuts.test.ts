import { beforeEach, expect, test } from 'vitest'
import { pressKey, TalkKey } from './shortcuts'
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

test('who does not see the pictures can ask who speaks', () => {
  press('w', 'button')
  expect(view.speakers).toEqual([])
  call.peers = call.peers.map((peer) => ({ ...peer, speaking: peer.participant.name === 'Ben' }))
  press('w', 'button')
  expect(view.speakers).toEqual(['Ben'])
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

function space(on: string, init: KeyboardEventInit = {}): KeyboardEvent {
  const event = new KeyboardEvent('keydown', { key: ' ', cancelable: true, ...init })
  Object.defineProperty(event, 'target', { value: document.querySelector(on) })
  return event
}

test('the space bar held while muted lets one be heard, for who chose that', () => {
  const talk = new TalkKey(call, view)
  call.local.microphone = false
  talk.down(space('body'))
  expect(call.local.microphone).toBe(false)

  view.pushToTalk = true
  talk.down(space('body'))
  talk.down(space('body', { repeat: true }))
  expect(call.local.microphone).toBe(true)
  talk.up(new KeyboardEvent('keyup', { key: 'a' }))
  expect(call.local.microphone).toBe(true)
  talk.up(new KeyboardEvent('keyup', { key: ' ' }))
  expect(call.local.microphone).toBe(false)

  talk.down(space('body'))
  talk.up()
  expect(call.local.microphone).toBe(false)
})

test('the space bar neither speaks while one types or presses with it, nor mutes who is heard', () => {
  const talk = new TalkKey(call, view)
  view.pushToTalk = true
  call.local.microphone = false
  talk.down(space('input'))
  talk.down(space('button'))
  expect(call.local.microphone).toBe(false)

  call.local.microphone = true
  talk.down(space('body'))
  talk.up(new KeyboardEvent('keyup', { key: ' ' }))
  expect(call.local.microphone).toBe(true)
})
