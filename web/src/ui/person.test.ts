import { expect, test } from 'vitest'
import { initials, tint } from './person'

test.each([
  ['Ada', 'A'],
  ['ada lovelace', 'AL'],
  ['Ada King Lovelace', 'AL'],
  ['  Mei-Lin  Zhao ', 'MZ'],
  ['👩‍🚀 Buzz', '👩‍🚀B'],
  ['Éva', 'É'],
  ['', ''],
])('the initials of %o are %o', (name, expected) => {
  expect(initials(name)).toBe(expected)
})

test('a name has the same tint everywhere, one of six', () => {
  expect(tint(' Ada ')).toBe(tint('Ada'))
  for (const name of ['', 'Ada', '👩‍🚀', 'a'.repeat(60)]) expect([0, 1, 2, 3, 4, 5]).toContain(tint(name))
})
