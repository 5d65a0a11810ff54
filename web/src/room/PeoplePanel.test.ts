import { beforeEach, expect, test } from 'vitest'
import PeoplePanel from './PeoplePanel.svelte'
import { aPeer, aPerson, FakeCall } from './testing/fake.svelte'
import { enter, type Stage } from './testing/stage'
import { flushSync } from 'svelte'

beforeEach(() => {
  document.body.innerHTML = ''
})

/** What a press on the button of a menu does; this document has no popovers. */
function openMenu(page: Stage, name: string): void {
  const id = page.button(name).getAttribute('popovertarget') ?? ''
  const menu = document.getElementById(id)
  if (!menu) throw new Error(`${name} opens nothing`)
  menu.hidePopover = () => undefined
  menu.dispatchEvent(Object.assign(new Event('toggle'), { newState: 'open' }))
  flushSync()
}

function waits(id: string, name: string) {
  return { id, name, since: '2026-01-01T10:00:00Z', away_since: null, word: null }
}

test('everybody is listed with what others should know of them', () => {
  const call = FakeCall.inside('Ada', 'Ben')
  call.me = aPerson('me', 'Ada', { role: 'host' })
  call.peers = [
    aPeer('p0', 'Ben', {
      participant: aPerson('p0', 'Ben', { media: { microphone: false, camera: false, screen: true } }),
    }),
  ]
  const page = enter(PeoplePanel, call)

  expect(page.text()).toContain('2 people here')
  expect(page.text()).toContain('You · Host')
  expect(page.text()).toContain('Sharing screen')
  expect(page.text()).toContain('Camera off')
  expect(page.text()).toContain('Microphone off')
})

test('guests see no powers', () => {
  const page = enter(PeoplePanel, FakeCall.inside('Ada', 'Ben'))
  expect(page.buttons()).toEqual(['Close panel', 'Invite somebody', 'Close', 'Close'])
})

test('a host mutes and removes others, and never themselves', () => {
  const call = FakeCall.inside('Ada', 'Ben')
  call.isHost = true
  const page = enter(PeoplePanel, call)

  expect(page.buttons()).not.toContain('Remove Ada')
  page.press('Mute Ben')
  openMenu(page, 'More for Ben')
  page.press('Remove Ben')
  page.field('Do not let them in again').click()
  page.press('Remove')
  expect(call.asked).toEqual([
    ['mute', 'p0'],
    ['remove', 'p0', true],
  ])
})

test('a second removal does not inherit the ban of the first', () => {
  const call = FakeCall.inside('Ada', 'Ben', 'Cem')
  call.isHost = true
  const page = enter(PeoplePanel, call)
  openMenu(page, 'More for Ben')
  page.press('Remove Ben')
  page.field('Do not let them in again').click()
  page.press('Remove')
  openMenu(page, 'More for Cem')
  page.press('Remove Cem')
  page.press('Remove')

  expect(call.asked.at(-1)).toEqual(['remove', 'p1', false])
})

test('a host names co-hosts, hands over after a question, and asks for sound', () => {
  const call = FakeCall.inside('Ada', 'Ben')
  call.isHost = true
  const media = { microphone: false, camera: true, screen: false }
  call.peers = [aPeer('p0', 'Ben', { participant: aPerson('p0', 'Ben', { media }) })]
  const page = enter(PeoplePanel, call)
  openMenu(page, 'More for Ben')

  page.press('Ask Ben to unmute')
  page.press('Turn off Ben’s camera')
  page.press('Make Ben a co-host')
  page.press('Make Ben the host')
  expect(call.asked.at(-1)).toEqual(['setRole', 'p0', 'cohost'])
  page.press('Hand over')
  expect(call.asked).toEqual([
    ['askToUnmute', 'p0'],
    ['stopCamera', 'p0'],
    ['setRole', 'p0', 'cohost'],
    ['handOver', 'p0'],
  ])
})

test('a co-host leads the room but not the host', () => {
  const call = FakeCall.inside('Ada', 'Ben', 'Cem')
  call.cohost = true
  call.peers = [
    aPeer('p0', 'Ben', { participant: aPerson('p0', 'Ben', { role: 'host' }) }),
    aPeer('p1', 'Cem', { participant: aPerson('p1', 'Cem', { role: 'cohost' }) }),
  ]
  const page = enter(PeoplePanel, call)
  openMenu(page, 'More for Ben')
  openMenu(page, 'More for Cem')

  expect(page.text()).toContain('Co-host')
  const names = page.buttons()
  expect(names).toContain('Remove Cem')
  for (const name of ['Remove Ben', 'Make Cem the host', 'Cem is no longer co-host']) expect(names).not.toContain(name)
})

test('hands stand in their order', () => {
  const call = FakeCall.inside('Ada', 'Ben')
  call.hands = ['p0', 'me']
  const page = enter(PeoplePanel, call)
  const hands = [...page.root.querySelectorAll('ol li')].map((item) => item.textContent.trim().replace(/\s+/gu, ' '))

  expect(hands).toEqual(['1 Ben', '2 You'])
})

test('who waits is admitted one by one or all together', () => {
  const call = FakeCall.inside('Ada')
  call.isHost = true
  call.waiting = [waits('w0', 'Ben'), waits('w1', 'Cem')]
  const page = enter(PeoplePanel, call)
  expect(page.text()).toContain('2 people are waiting')

  page.press('Admit')
  page.press('Refuse')
  page.press('Admit all')
  expect(call.asked).toEqual([
    ['admit', 'w0'],
    ['refuse', 'w0', false],
    ['admit', null],
  ])
})

test('who is short of bandwidth is offered to do without pictures, and who is not is not', () => {
  const call = FakeCall.inside('Ada', 'Ben')
  call.trouble = 'delay'
  const page = enter(PeoplePanel, call)
  expect(page.text()).not.toContain('Audio only')

  call.trouble = 'bandwidth'
  flushSync()
  page.press('Audio only')
  expect(call.audioOnly).toBe(true)
  expect(page.text()).not.toContain('Audio only')
})

test('what is wrong with the call: to oneself in a sentence, to who leads in a few words, to nobody else', () => {
  const call = FakeCall.inside('Ada', 'Ben')
  call.trouble = 'udp_blocked'
  call.peers = [aPeer('p0', 'Ben', { trouble: 'power' })]
  const page = enter(PeoplePanel, call)
  expect(page.text()).toContain('Your network blocks UDP, so the call goes through a relay.')
  expect(page.text()).not.toContain('Computer short of power')

  call.isHost = true
  flushSync()
  expect(page.text()).toContain('Computer short of power')
})
