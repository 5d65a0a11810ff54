// @vitest-environment node
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { LINGER, PAUSE } from './captions.svelte'
import { Page } from './fake_page'

let ada: Page
let ben: Page
let cem: Page

beforeEach(() => {
  vi.useFakeTimers()
  Page.all = []
  ada = new Page('ada', { role: 'host' })
  ben = new Page('ben')
  cem = new Page('cem')
})

afterEach(() => vi.useRealTimers())

const seen = ({ together }: Page) => together.captions.lines.map(({ name, text, done }) => [name, text, done])

describe('captions', () => {
  it('go to those who read them, and nobody else', () => {
    expect(ben.together.captions.read).toBe(false)
    ada.together.captions.toggle()
    expect(ben.together.captions.read).toBe(true)
    ben.together.captions.say('the fence', false)
    vi.advanceTimersByTime(PAUSE)
    ben.together.captions.say('the fence is done', true)
    ben.together.captions.say('now the', false)
    expect(seen(ada)).toEqual([['BEN', 'the fence is done', true]])
    vi.advanceTimersByTime(PAUSE)
    ben.together.captions.say('now the gate', false)
    expect(seen(ada)).toEqual([
      ['BEN', 'the fence is done', true],
      ['BEN', 'now the gate', false],
    ])
    expect(seen(cem)).toEqual([])
    expect(seen(ben)).toEqual([])
  })

  it('end with who read them', () => {
    ada.together.captions.toggle()
    ada.together.captions.toggle()
    ben.together.captions.say('unheard', true)
    expect(seen(ada)).toEqual([])
    ada.together.captions.toggle()
    expect(ben.together.captions.read).toBe(true)
    ada.here = false
    ben.together.follow()
    expect(ben.together.captions.read).toBe(false)
  })

  it('are asked of who comes later, and fade', () => {
    ada.together.captions.toggle()
    const dunja = new Page('dunja')
    ada.together.met('dunja')
    dunja.together.captions.say('hello', true)
    expect(seen(ada)).toEqual([['DUNJA', 'hello', true]])
    vi.advanceTimersByTime(LINGER)
    expect(seen(ada)).toEqual([])
  })

  it('take no room that is not theirs', () => {
    ada.together.captions.toggle()
    ben.together.captions.say('walrus '.repeat(500), true)
    expect(seen(ada)[0]?.[1]).toHaveLength(500)
    for (let count = 0; count < 50; count++) cem.together.captions.say(`word ${count}`, true)
    expect(seen(ada)).toHaveLength(3)
    for (const text of ['', ' ', 'x'.repeat(501), 7, null])
      ada.together.heard('ben', JSON.stringify({ v: 1, type: 'caption', id: 'odd', text, done: true }))
    expect(ada.together.captions.lines.some(({ key }) => key === 'ben/odd')).toBe(false)
  })
})
