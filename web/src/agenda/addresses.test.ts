import { expect, test } from 'vitest'
import { addAddresses, looksLikeAddress, splitAddresses } from './addresses'

test.each([
  ['ada@example.org', ['ada@example.org']],
  [
    ' ada@example.org, ben@example.org ;; cleo@example.org\n',
    ['ada@example.org', 'ben@example.org', 'cleo@example.org'],
  ],
  ['"Byron, Ada" <ada@example.org>, Ben <ben@example.org>', ['ada@example.org', 'ben@example.org']],
  ['ada@example.org ben@example.org', ['ada@example.org', 'ben@example.org']],
  ['not an address', ['not an address']],
  [' , ;', []],
])('%s is taken apart', (text, parts) => expect(splitAddresses(text)).toEqual(parts))

test('nobody is invited twice', () => {
  expect(addAddresses(['ada@example.org'], 'Ada@Example.org, ben@example.org, BEN@example.org')).toEqual([
    'ada@example.org',
    'ben@example.org',
  ])
})

test('what is no address is seen before it is sent', () => {
  expect(looksLikeAddress('ada@example.org')).toBe(true)
  for (const wrong of ['', 'ada', 'ada@', 'ada@example', 'a da@example.org', `${'a'.repeat(250)}@example.org`]) {
    expect(looksLikeAddress(wrong)).toBe(false)
  }
})
