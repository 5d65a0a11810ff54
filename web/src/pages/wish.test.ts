import { expect, test } from 'vitest'
import { Problem } from '../api/client'
import { checkWish, describeProblem } from './wish'

test.each([
  [{ name: '  ', email: '' }, ['name']],
  [{ name: 'Ada', email: 'nowhere' }, ['email']],
  [{ name: '', email: 'nowhere' }, ['name', 'email']],
  [{ name: 'Ada', email: ' ada@example.org ' }, []],
  [{ name: 'Ada', email: '' }, []],
])('%o lacks %o', (wish, fields) => {
  expect(Object.keys(checkWish(wish))).toEqual(fields)
})

test('what the server refuses is said beside its field', () => {
  const refusal = new Problem('invalid-body', 'Bad.', 400, null, { 'guest.email': 'x', password: 'y' })

  expect(Object.keys(describeProblem(refusal))).toEqual(['email', 'password'])
})

test.each([
  ['offline', 'The server could not be reached.'],
  ['too-many-requests', 'That was too often.'],
  ['something-new', 'What the server says.'],
])('%s is said for the whole form', (code, text) => {
  expect(describeProblem(new Problem(code, 'What the server says.')).form).toContain(text)
})
