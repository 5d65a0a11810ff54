import { describe, expect, it } from 'vitest'
import { ChatInlet, MOST_CHARACTERS, writeChat } from './chat'

describe('chat', () => {
  it.each(['hello', '  two\nlines  ', '"quotes" \\ and {"text":1}', '🙂'.repeat(2000), '\u0000'.repeat(3999) + 'x'])(
    'arrives as it was written',
    (text) => {
      expect(new ChatInlet().read(writeChat(text), 0)).toBe(text.trim())
    },
  )

  it.each(['', '   \n ', 'x'.repeat(MOST_CHARACTERS + 1)])('does not send what says nothing or too much', (text) => {
    expect(writeChat(text)).toBeNull()
  })

  it.each([
    ['binary', new ArrayBuffer(4)],
    ['not JSON', 'hello'],
    ['null', 'null'],
    ['a number', '5'],
    ['no text', '{"txet":"hello"}'],
    ['a text that is none', '{"text":["hello"]}'],
    ['nothing but blanks', '{"text":"  "}'],
    ['too long', JSON.stringify({ text: 'x'.repeat(MOST_CHARACTERS + 1) })],
    ['far too long', JSON.stringify({ text: 'x', junk: 'x'.repeat(100_000) })],
  ])('drops %s', (_, raw) => {
    expect(new ChatInlet().read(raw, 0)).toBeNull()
  })

  it('ignores who a message claims to be from', () => {
    expect(new ChatInlet().read('{"text":"hi","name":"Mallory","from":"x"}', 0)).toBe('hi')
  })

  it('drops a flood, rubbish included, and lets in again what comes slowly', () => {
    const inlet = new ChatInlet()
    const message = writeChat('hi')
    const arrived = Array.from({ length: 100 }, () => inlet.read(message, 1000)).filter(Boolean)
    expect(arrived).toHaveLength(10)
    expect(inlet.read(message, 2100)).toBe('hi')
    expect(inlet.read(message, 2200)).toBeNull()
    expect(inlet.read('rubbish', 3300)).toBeNull()
    expect(inlet.read(message, 3400)).toBeNull()
  })
})
