// @vitest-environment node
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Page } from './fake_page'
import { SHOWN } from './reactions.svelte'

let ada: Page
let ben: Page

beforeEach(() => {
  vi.useFakeTimers()
  Page.all = []
  ada = new Page('ada', { role: 'host' })
  ben = new Page('ben')
})

afterEach(() => vi.useRealTimers())

const seen = ({ together }: Page) => together.reactions.shown.map(({ name, mine, emoji }) => [name, mine, emoji])

describe('a reaction', () => {
  it('is seen by everybody for a moment, with the name that the room knows', () => {
    ada.together.reactions.react('👏')
    vi.advanceTimersByTime(SHOWN / 2)
    ben.together.reactions.react('🎉')
    expect(seen(ben)).toEqual([
      ['ADA', false, '👏'],
      ['BEN', true, '🎉'],
    ])
    vi.advanceTimersByTime(SHOWN / 2)
    expect(seen(ada)).toEqual([['BEN', false, '🎉']])
    vi.advanceTimersByTime(SHOWN / 2)
    expect(seen(ada)).toEqual([])
  })

  it('comes in numbers that a screen can show', () => {
    for (let count = 0; count < 200; count++) ben.together.reactions.react('👍')
    expect(ada.together.reactions.shown.length).toBe(24)
  })

  it.each(['💣', 'walrus', '', null, ['👍']])('is one of those that there are, and not %j', (emoji) => {
    ben.together.heard('ada', JSON.stringify({ v: 1, id: 'x', type: 'reaction', emoji }))
    expect(seen(ben)).toEqual([])
  })
})
