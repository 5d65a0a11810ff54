// @vitest-environment node
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Page } from './fake_page'

let ada: Page
let ben: Page
let cem: Page

beforeEach(() => {
  vi.useFakeTimers()
  Page.all = []
  ada = new Page('ada', { role: 'host' })
  ben = new Page('ben')
  cem = new Page('cem', { role: 'cohost' })
})

afterEach(() => vi.useRealTimers())

describe('who leads', () => {
  it('pins for everybody, later comers too; a guest pins for nobody', () => {
    ada.together.lead.togglePin('ben')
    cem.together.lead.togglePin('cem')
    expect(ben.together.lead.pins.map(({ id }) => id)).toEqual(['ben', 'cem'])
    ben.together.lead.togglePin('ada')
    expect(ada.together.lead.pins.map(({ id }) => id)).toEqual(['ben', 'cem'])
    const dunja = new Page('dunja')
    ada.together.met('dunja')
    expect(dunja.together.lead.pins).toEqual([])
    cem.together.met('dunja')
    expect(dunja.together.lead.pins.map(({ id }) => id)).toEqual(['ben', 'cem'])
  })

  it('takes the pins along, and not the time', () => {
    ada.together.lead.togglePin('ben')
    ada.together.lead.setTime(60_000)
    ada.here = false
    ben.together.follow()
    expect(ben.together.lead.pins).toEqual([])
    expect(ben.together.lead.countdown).not.toBeNull()
  })

  it('sets a time that is the same for everybody, whatever their clocks say', () => {
    ada.together.lead.setTime(60_000)
    vi.advanceTimersByTime(20_000)
    const dunja = new Page('dunja')
    ada.together.met('dunja')
    expect(dunja.together.lead.countdown).toEqual({ until: Date.now() + 40_000, of: 60_000 })
    cem.together.lead.setTime(null)
    expect(ada.together.lead.countdown).toBeNull()
    expect(dunja.together.lead.countdown).toBeNull()
  })

  it.each([
    { type: 'time', left: -1, of: 1 },
    { type: 'time', left: 1e12, of: 1e12 },
    { type: 'time', left: 1 },
    { type: 'spotlight', pins: [{ id: 'ben', source: 'nose' }] },
    { type: 'spotlight', pins: Array(21).fill({ id: 'ben', source: 'camera' }) },
  ])('is not heard with %j', (message) => {
    ben.together.heard('ada', JSON.stringify({ v: 1, id: 'lead', ...message }))
    expect([ben.together.lead.countdown, ben.together.lead.pins]).toEqual([null, []])
  })
})
