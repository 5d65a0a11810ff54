import { expect, test } from 'vitest'
import { explain } from './explain'
import { isAboutPassword, isFinal } from './problems'
import { aMeeting } from './testing/fake.svelte'

function problem(code: string, retryAfterSeconds: number | null = null) {
  return { code, detail: 'What the server says.', retryAfterSeconds }
}

test.each([
  ['meeting-full', true],
  ['meeting-ended', true],
  ['banned', true],
  ['something-new', true],
  ['wrong-password', false],
  ['too-many-guesses', false],
  ['offline', false],
])('with the meeting known, %s leaves the prejoin page: %s', (code, expected) => {
  expect(isFinal(problem(code), aMeeting())).toBe(expected)
})

test('without a meeting there is nothing to join', () => {
  expect(isFinal(problem('offline'), null)).toBe(true)
})

test('only what the password can mend belongs beside it', () => {
  expect(isAboutPassword(problem('wrong-password'))).toBe(true)
  expect(isAboutPassword(problem('offline'))).toBe(false)
  expect(isAboutPassword(null)).toBe(false)
})

test.each([
  [1, 'Please try again in 1 second.'],
  [40, 'Please try again in 40 seconds.'],
  [100, 'Please try again in 2 minutes.'],
  [null, 'Please wait a moment, then try again.'],
])('after a limit, %o seconds are told as %o', (seconds, text) => {
  expect(explain(problem('too-many-requests', seconds)).text).toBe(text)
})

test('a code that is new to the page is told in the words of the server', () => {
  expect(explain(problem('something-new')).text).toBe('What the server says.')
})
