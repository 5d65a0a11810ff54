import { expect, test } from 'vitest'
import { linkify } from './linkify'

function links(text: string): (string | null)[] {
  return linkify(text).flatMap((piece) => (piece.href === null ? [] : [piece.href]))
}

test.each([
  ['look at https://example.org/a?b=c#d', ['https://example.org/a?b=c#d']],
  ['here: https://example.org.', ['https://example.org']],
  ['(see https://example.org/x)', ['https://example.org/x']],
  ['https://en.example.org/wiki/Mesh_(network)', ['https://en.example.org/wiki/Mesh_(network)']],
  ['http://a.example, http://b.example!', ['http://a.example', 'http://b.example']],
  ['javascript:alert(1)', []],
  ['no address', []],
  ['https://', []],
])('in %o the addresses are %o', (text, expected) => {
  expect(links(text)).toEqual(expected)
})

test('nothing of the text is lost', () => {
  const text = 'a https://example.org/x, b\n(https://example.org) c'
  expect(
    linkify(text)
      .map((piece) => piece.text)
      .join(''),
  ).toBe(text)
})
