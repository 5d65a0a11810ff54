import { beforeEach, expect, test } from 'vitest'
import Prejoin from './Prejoin.svelte'
import { aMeeting, FakeCall } from './testing/fake.svelte'
import { enter, fetched, submit, type Stage } from './testing/stage'
import { flushSync } from 'svelte'

let call: FakeCall
let page: Stage

function open(change: (call: FakeCall) => void = () => undefined): void {
  call = new FakeCall()
  change(call)
  page = enter(Prejoin, call)
}

beforeEach(() => {
  localStorage.clear()
  document.body.innerHTML = ''
})

test('a name is asked for, and Enter joins', () => {
  open()
  submit(page)
  expect(page.text()).toContain('Please enter a name')
  expect(call.asked).toEqual([])

  page.write('Your name', ' Ben ')
  expect(page.text()).not.toContain('Please enter a name')
  submit(page)
  expect(call.asked).toEqual([['join', 'Ben', null]])
})

test('the name of last time is there', () => {
  localStorage.setItem('vcc-name', 'Ben')
  open()
  expect(page.field('Your name').value).toBe('Ben')
})

test('what was typed outlasts everything that happens meanwhile', async () => {
  open((fresh) => (fresh.view = null))
  page.write('Your name', 'Ben')

  call.view = aMeeting({ needs_password: true })
  flushSync()
  page.write('Meeting password', 'wrong')
  submit(page)
  call.state = 'joining'
  flushSync()
  call.state = 'prejoin'
  call.problem = { code: 'wrong-password', detail: '', retryAfterSeconds: null }
  await fetched()

  expect(page.field('Your name').value).toBe('Ben')
  expect(page.field('Meeting password').value).toBe('wrong')
  expect(page.text()).toContain('That is not the password')
  expect(call.asked).toEqual([['join', 'Ben', 'wrong']])
})

test('a second press while joining asks for nothing', () => {
  open()
  page.write('Your name', 'Ben')
  call.state = 'joining'
  flushSync()
  submit(page)

  expect(call.asked).toEqual([])
  expect(page.buttons()).toContain('Joining…')
})

test('a host is not asked for the password', () => {
  open((fresh) => {
    fresh.view = aMeeting({ needs_password: true })
    fresh.isHost = true
  })
  expect(page.text()).not.toContain('Meeting password')
  expect(page.text()).toContain('You are the host.')
})

test('the switches say what a press would do', () => {
  open()
  page.press('Turn off microphone')
  page.press('Turn off camera')

  expect(page.buttons()).toEqual(expect.arrayContaining(['Turn on microphone', 'Turn on camera']))
})

test('trouble with devices comes with advice, and joining goes on', async () => {
  open((fresh) => (fresh.local.problems = { camera: 'blocked', microphone: 'blocked' }))
  await fetched()
  expect(page.text()).toContain('Camera and microphone are blocked')
  page.press('Try again')
  expect(call.local.started).toBe(1)

  page.write('Your name', 'Ben')
  submit(page)
  expect(call.asked).toEqual([['join', 'Ben', null]])
})

test('it says who is the host and what the host will know', () => {
  open()
  expect(page.text()).toContain('Ada is the host.')
  expect(page.text()).toContain('The host can see your name and when you came and went.')
})

test('devices without a label are numbered', () => {
  open()
  const options = [...page.root.querySelectorAll('main option')].map((option) => option.textContent)
  expect(options).toEqual(['Desk microphone', 'Camera 1'])
})
