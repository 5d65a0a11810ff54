import { flushSync } from 'svelte'
import { beforeEach, expect, test, vi } from 'vitest'
import ControlBar from './ControlBar.svelte'
import { aPerson, FakeCall } from './testing/fake.svelte'
import { aMessage } from './testing/message'
import { enter } from './testing/stage'
import { RoomView } from './view.svelte'

beforeEach(() => {
  document.body.innerHTML = ''
  wide(true)
})

/** As on a desktop, or as on a phone. */
function wide(yes: boolean): void {
  vi.spyOn(window, 'matchMedia').mockImplementation((query) => {
    const list = new EventTarget() as MediaQueryList
    return Object.assign(list, { matches: yes === query.includes('min-width'), media: query })
  })
}

const EVERYBODY = ['Turn off microphone', 'Turn off camera', 'Share screen', 'Raise hand', 'Leave', 'People', 'Chat']

test('the controls have the names that the contract promises', () => {
  const page = enter(ControlBar, FakeCall.inside('Ada', 'Ben'))

  expect(page.buttons()).toEqual(expect.arrayContaining(EVERYBODY))
  expect(page.buttons()).not.toContain('End for all')
  expect(page.buttons()).not.toContain('Mute all')
})

test('hosts have theirs, each once', () => {
  const call = FakeCall.inside('Ada', 'Ben')
  call.isHost = true
  const names = enter(ControlBar, call).buttons()

  for (const name of ['Mute all', 'End for all']) expect(names.filter((other) => other === name)).toHaveLength(1)
})

test('names turn with what a press would do', () => {
  const call = FakeCall.inside('Ada', 'Ben')
  const page = enter(ControlBar, call)
  call.local.microphone = false
  call.local.camera = false
  call.local.screenStream = new MediaStream()
  call.me = aPerson('me', 'Ada', { hand: 0 })
  flushSync()

  expect(page.buttons()).toEqual(
    expect.arrayContaining(['Turn on microphone', 'Turn on camera', 'Stop sharing', 'Lower hand']),
  )
  page.press('Lower hand')
  expect(call.asked).toEqual([['raiseHand', false]])
})

test('Chat keeps its name and tells the unread messages beside it', () => {
  const call = FakeCall.inside('Ada', 'Ben')
  const view = new RoomView(call)
  const page = enter(ControlBar, call, view)
  call.messages = [aMessage({ text: 'walrus' })]
  flushSync()

  const described = page.button('Chat').getAttribute('aria-describedby')
  expect(document.getElementById(described ?? '')?.textContent).toBe('1 unread message')
  page.press('Chat')
  expect(page.button('Chat').getAttribute('aria-expanded')).toBe('true')
  expect(page.button('Chat').hasAttribute('aria-describedby')).toBe(false)
})

test('where no screen can be shared, nothing offers it', () => {
  const call = FakeCall.inside('Ada', 'Ben')
  call.local.canShareScreen = false
  expect(enter(ControlBar, call).buttons()).not.toContain('Share screen')
})

test('on a phone the bar keeps what is needed at once', () => {
  wide(false)
  const page = enter(ControlBar, FakeCall.inside('Ada', 'Ben'))
  expect(page.buttons()).toEqual(
    expect.arrayContaining(['Turn off microphone', 'Turn off camera', 'Leave', 'People', 'Chat', 'More']),
  )
})
