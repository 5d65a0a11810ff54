import { expect, test } from 'vitest'
import { Problem } from '../api/client'
import { complaint } from './form'

const refusal = (errors: Record<string, string>) =>
  new Problem('invalid-body', 'Something is wrong.', 400, null, errors)

test('what is wrong with a field is said beside it, the rest below', () => {
  expect(complaint(refusal({ email: 'Bad address.', token: 'Bad token.' }), ['email', 'password'])).toEqual({
    errors: { email: 'Bad address.' },
    problem: 'Bad token.',
  })
  expect(complaint(refusal({ email: 'Bad address.' }), ['email']).problem).toBeNull()
})

test.each([
  [new Problem('offline', ''), 'could not be reached'],
  [new Problem('too-many-guesses', '', 429, 125), 'in 3 min'],
  [new Problem('too-many-requests', '', 429), 'in 1 min'],
  [new Problem('account-disabled', 'This account is switched off.', 403), 'This account is switched off.'],
])('%o is told for the whole form', (problem, words) => {
  expect(complaint(problem, ['email']).problem).toContain(words)
})
