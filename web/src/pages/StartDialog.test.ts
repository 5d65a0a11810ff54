import { flushSync } from 'svelte'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createMeeting, Problem } from '../api/client'
import { recallMeeting, recallName } from '../call/memory'
import { hostLink } from '../room/hostlink'
import { show, submit, type Stage } from '../room/testing/stage'
import { aMeeting } from '../room/testing/fake.svelte'
import StartDialog from './StartDialog.svelte'

vi.mock('../api/client', { spy: true })

const LINK = 'http://localhost/m/abc-defg-hjk#host=key'
let dialog: Stage

beforeEach(() => {
  vi.mocked(createMeeting).mockClear()
  localStorage.clear()
  document.body.innerHTML = ''
  vi.mocked(createMeeting).mockResolvedValue({ meeting: aMeeting(), token: 'token', host_link: LINK })
  dialog = show(StartDialog, { open: true })
})

afterEach(() => history.replaceState(null, '', '/'))

async function start(): Promise<void> {
  submit(dialog)
  await vi.waitFor(() => {
    flushSync()
    expect(dialog.button('Start meeting').getAttribute('aria-disabled')).toBe('false')
  })
}

test('a name is enough: the rights are kept, and the way goes to the meeting', async () => {
  dialog.write('Your name', ' Ada ')
  await start()

  expect(createMeeting).toHaveBeenCalledWith({ lobby: false, password: null, guest: { name: 'Ada', email: null } })
  expect(location.pathname).toBe('/m/abc-defg-hjk')
  expect(recallName()).toBe('Ada')
  expect(recallMeeting('abc-defg-hjk')).toBe('token')
})

test('the host link is kept in memory and nowhere else', async () => {
  dialog.write('Your name', 'Ada')
  await start()

  expect(hostLink('abc-defg-hjk')).toBe(LINK)
  for (const store of [localStorage, sessionStorage]) expect(JSON.stringify(store)).not.toContain('host=')
  expect(JSON.stringify(history.state)).not.toContain('host=')
})

test('everything that can be asked for is asked for', async () => {
  dialog.write('Your name', 'Ada')
  dialog.field('Ask people to wait until I let them in').click()
  dialog.write('E-mail (optional)', ' ada@example.org ')
  dialog.write('Password (optional)', ' open sesame ')
  await start()

  expect(createMeeting).toHaveBeenCalledWith({
    lobby: true,
    password: ' open sesame ',
    guest: { name: 'Ada', email: 'ada@example.org' },
  })
})

test('without a name nothing is sent', () => {
  submit(dialog)

  expect(dialog.text()).toContain('Please enter a name')
  expect(createMeeting).not.toHaveBeenCalled()
})

test('a field that is folded away is unfolded for its error', async () => {
  vi.mocked(createMeeting).mockRejectedValue(new Problem('invalid-body', '', 400, null, { 'guest.email': 'x' }))
  dialog.write('Your name', 'Ada')
  await start()

  expect(dialog.root.querySelector('details')?.open).toBe(true)
  expect(dialog.text()).toContain('This does not look like an e-mail address.')
  expect(document.activeElement).toBe(dialog.field('E-mail (optional)'))
})

test('without a network it says so, and keeps what was typed', async () => {
  vi.mocked(createMeeting).mockRejectedValue(new Problem('offline', ''))
  dialog.write('Your name', 'Ada')
  await start()

  expect(dialog.text()).toContain('The server could not be reached.')
  expect(dialog.field('Your name').value).toBe('Ada')
})
