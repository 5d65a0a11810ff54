import { describe, expect, it } from 'vitest'
import { append, ChatInlet, MOST_CHARACTERS, newKey, quoted, writeChat, type Said } from './chat'

function said(text: string, more: Partial<Said> = {}): Said {
  return { text, key: 'k1', reply: null, alone: false, ...more }
}

describe('chat', () => {
  it.each(['hello', '  two\nlines  ', '"quotes" \\ and {"text":1}', '🙂'.repeat(2000), '\u0000'.repeat(3999) + 'x'])(
    'arrives as it was written',
    (text) => {
      expect(new ChatInlet().read(writeChat(said(text)), 0)).toEqual(said(text.trim()))
    },
  )

  it.each(['', '   \n ', 'x'.repeat(MOST_CHARACTERS + 1)])('does not send what says nothing or too much', (text) => {
    expect(writeChat(said(text))).toBeNull()
  })

  it.each([
    ['binary', new ArrayBuffer(4)],
    ['not JSON', 'hello'],
    ['null', 'null'],
    ['a number', '5'],
    ['no text', '{"txet":"hello"}'],
    ['a text that is none', '{"text":["hello"]}'],
    ['nothing but blanks', '{"text":"  "}'],
    ['a private text that is none', '{"private":5,"text":"shown to all"}'],
    ['too long', JSON.stringify({ text: 'x'.repeat(MOST_CHARACTERS + 1) })],
    ['far too long', JSON.stringify({ text: 'x', junk: 'x'.repeat(100_000) })],
  ])('drops %s', (_, raw) => {
    expect(new ChatInlet().read(raw, 0)).toBeNull()
  })

  it('ignores who a message claims to be from', () => {
    expect(new ChatInlet().read('{"text":"hi","name":"Mallory","from":"x"}', 0)).toEqual(said('hi', { key: '' }))
  })

  it('says what is private in a way that an older page passes over', () => {
    const raw = writeChat(said('psst', { alone: true }))
    expect(JSON.parse(raw ?? '')).not.toHaveProperty('text')
    expect(new ChatInlet().read(raw, 0)).toMatchObject({ text: 'psst', alone: true })
  })

  it.each([
    ['x y', 'k1'],
    ['ben', ''],
    ['ben', '<b>'],
    ['ben', 'k'.repeat(65)],
    [5, 'k1'],
    ['ben', null],
  ])('answers nothing where the reference cannot be one', (from, key) => {
    const raw = JSON.stringify({ text: 'hi', key: 'k1', reply: { from, key } })
    expect(new ChatInlet().read(raw, 0)).toEqual(said('hi'))
  })

  it('quotes what this page has itself, whatever the answer claims', () => {
    const messages = append([], { from: 'ben', name: 'Ben', text: 'cake at four', mine: false, key: 'k1' })
    const raw = writeChat(said('yes', { reply: { from: 'ben', key: 'k1' } }))
    const heard = new ChatInlet().read(raw, 0)

    expect(quoted(messages, heard?.reply ?? null)).toEqual({ name: 'Ben', text: 'cake at four', mine: false })
    expect(quoted(messages, { from: 'cem', key: 'k1' })).toMatchObject({ text: null })
    expect(quoted(messages, null)).toBeNull()
  })

  it('names each message anew', () => {
    expect(newKey()).toMatch(/^[0-9a-f]{16}$/u)
    expect(newKey()).not.toBe(newKey())
  })

  it('drops a flood, rubbish included, and lets in again what comes slowly', () => {
    const inlet = new ChatInlet()
    const message = writeChat(said('hi'))
    const arrived = Array.from({ length: 100 }, () => inlet.read(message, 1000)).filter(Boolean)
    expect(arrived).toHaveLength(10)
    expect(inlet.read(message, 2100)?.text).toBe('hi')
    expect(inlet.read(message, 2200)).toBeNull()
    expect(inlet.read('rubbish', 3300)).toBeNull()
    expect(inlet.read(message, 3400)).toBeNull()
  })
})
