// @vitest-environment node
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Page } from './fake_page'
import { MOST_POINTS, type Pen } from './plane'
import type { Sketches } from './sketches.svelte'

const PEN: Pen = { tool: 'pen', colour: 1, width: 1, pressed: false }
/** Milliseconds after which everything that was gathered has been sent. */
const SOON = 100
const SHARES = { media: { microphone: false, camera: false, screen: true } }

let ada: Page
let ben: Page
let cem: Page
let host: Page

function sketches(page: Page): Sketches {
  return page.together.sketches
}

/** A line of somebody on the screen of Ada, from left to right. */
async function draw(page: Page, y = 100): Promise<void> {
  sketches(page).begin('ada', PEN, { x: 0, y, pressure: 0.5 })
  sketches(page).go([{ x: 16_000, y, pressure: 0.5 }])
  sketches(page).end(true)
  await vi.advanceTimersByTimeAsync(SOON)
}

function drawn(page: Page): [string, readonly number[]][] {
  return sketches(page).all.map(({ by, points }) => [by, points])
}

/** What a page that does not keep to any rule sends as Ben. */
function raw(message: Record<string, unknown>): void {
  const line = { v: 1, type: 'draw', id: 'k', screen: 'ada', ...PEN, at: 0, points: [1, 2, 3] }
  ada.together.heard('ben', JSON.stringify({ ...line, ...message }))
}

beforeEach(() => {
  vi.useFakeTimers()
  Page.all = []
  ada = new Page('ada', SHARES)
  ben = new Page('ben')
  cem = new Page('cem')
  host = new Page('host', { role: 'host' })
})

afterEach(() => vi.useRealTimers())

describe('drawing on a shared screen', () => {
  it('shows lines to everybody while they grow, with the name of who draws', async () => {
    sketches(ben).begin('ada', PEN, { x: 10.4, y: 20, pressure: 0.5 })
    await vi.advanceTimersByTimeAsync(SOON)
    expect(drawn(ada)).toEqual([['ben', [10, 20, 50]]])
    expect(sketches(cem).hands).toEqual([{ id: 'ben', name: 'BEN', screen: 'ada', x: 10, y: 20 }])
    sketches(ben).go([{ x: 99_999, y: -5, pressure: 1 }])
    await vi.advanceTimersByTimeAsync(SOON)
    expect(drawn(ada)).toEqual([['ben', [10, 20, 50, 16_000, 0, 100]]])
    expect(drawn(cem)).toEqual(drawn(ben))
    await vi.advanceTimersByTimeAsync(2000)
    expect(sketches(cem).hands).toEqual([])
  })

  it('takes back and clears only what is one’s own, and everything for who shares or leads', async () => {
    await draw(ben)
    await draw(cem)
    await draw(cem, 200)
    sketches(cem).undo('ada')
    expect(drawn(ada)).toHaveLength(2)
    sketches(ben).clear('ada', false)
    expect(drawn(ada).map(([by]) => by)).toEqual(['cem'])
    // Whoever says that all goes without having a say.
    sketches(ben).clear('ada', true)
    expect(drawn(ada).map(([by]) => by)).toEqual(['cem'])
    sketches(ada).clear('ada', true)
    for (const page of [ada, cem, host]) expect(drawn(page)).toEqual([])
    await draw(cem)
    sketches(host).clear('ada', true)
    for (const page of [ada, cem, host]) expect(drawn(page)).toEqual([])
  })

  it('leaves nothing of a line that was cleared while it was drawn', async () => {
    sketches(ben).begin('ada', PEN, { x: 1, y: 1, pressure: 0.5 })
    await vi.advanceTimersByTimeAsync(SOON)
    sketches(ada).clear('ada', true)
    sketches(ben).go([{ x: 2, y: 2, pressure: 0.5 }])
    await vi.advanceTimersByTimeAsync(SOON)
    for (const page of [ada, ben, cem]) expect(drawn(page)).toEqual([])
    // Sent before that was known, it does not begin anew, either.
    raw({ at: 3, points: [4, 5, 6] })
    expect(drawn(ada)).toEqual([])
  })

  it('lets who shares, or leads, keep it to the one who shares; no guest decides that', async () => {
    sketches(ben).open('ada', false)
    expect(sketches(ada).isOpen('ada')).toBe(true)
    sketches(ada).open('ada', false)
    await draw(cem)
    raw({})
    expect(drawn(ada)).toEqual([])
    expect(sketches(cem).mayDraw('ada')).toBe(false)
    await draw(ada)
    expect(drawn(cem)).toHaveLength(1)
    sketches(host).open('ada', true)
    await draw(cem)
    expect(drawn(ada)).toHaveLength(2)
  })

  it('tells later comers all of it, and whether they may', async () => {
    await draw(ben)
    await draw(ada)
    sketches(ada).open('ada', false)
    const dunja = new Page('dunja')
    for (const page of [ada, ben, cem]) page.together.met('dunja')
    expect(drawn(dunja)).toHaveLength(2)
    expect(sketches(dunja).mayDraw('ada')).toBe(false)
    // A connection made anew repeats nothing, and takes along what went meanwhile.
    ben.together.met('dunja')
    expect(drawn(dunja)).toHaveLength(2)
    dunja.deaf = true
    sketches(ben).undo('ada')
    dunja.deaf = false
    ben.together.met('dunja')
    expect(drawn(dunja)).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(6000)
    sketches(ben).begin('ada', PEN, { x: 1, y: 1, pressure: 0 })
    const line = { v: 1, type: 'draw', id: 'late', screen: 'ada', ...PEN, at: 0, points: [1, 2, 3] }
    dunja.together.heard('ben', JSON.stringify(line))
    expect(drawn(dunja)).toHaveLength(1)
  })

  it('ends with the share, and with who drew', async () => {
    await draw(ben)
    await draw(cem)
    sketches(ada).open('ada', false)
    ben.here = false
    ada.together.follow()
    expect(drawn(ada).map(([by]) => by)).toEqual(['cem'])
    cem.me = { ...cem.me, session: 'another page' }
    ada.together.follow()
    expect(drawn(ada)).toEqual([])
    await draw(ada)
    ada.me = { ...ada.me, media: { ...ada.me.media, screen: false } }
    for (const page of [ada, cem]) page.together.follow()
    expect(drawn(ada)).toEqual([])
    expect(drawn(cem)).toEqual([])
    raw({})
    expect(drawn(ada)).toEqual([])
    // The next share begins open and empty.
    ada.me = { ...ada.me, ...SHARES }
    expect(sketches(cem).mayDraw('ada')).toBe(true)
  })

  it('goes on with another line when one is too long, and lets the oldest go', async () => {
    const places = Array.from({ length: 500 }, (_, x) => ({ x, y: 0, pressure: 0 }))
    sketches(ben).begin('ada', PEN, { x: 0, y: 0, pressure: 0 })
    for (let times = 0; times < 7; times++) sketches(ben).go(places)
    expect(Math.max(...sketches(ben).all.map(({ points }) => points.length))).toBeLessThanOrEqual(MOST_POINTS * 3)
    expect(drawn(ben)).toHaveLength(2)
    for (let line = 0; line < 600; line++) await draw(ben)
    expect(drawn(ben).length).toBeLessThanOrEqual(500)
    expect(drawn(cem)).toEqual(drawn(ben))
  })
})

describe('a page that keeps to no rule', () => {
  it.each([
    ['another tool', { tool: 'laser' }],
    ['a colour that is none', { colour: 6 }],
    ['half a width', { width: 0.5 }],
    ['points off the plane', { points: [1, 16_001, 3] }],
    ['words for points', { points: ['<b>', 2, 3] }],
    ['half a point', { points: [1, 2] }],
    ['nothing', { points: [] }],
    ['the screen of nobody', { screen: 'nobody' }],
    ['a screen that is not shared', { screen: 'cem' }],
    ['the middle of a line that has no beginning', { at: 3 }],
    ['more than a message holds', { points: new Array(6000).fill(111) }],
  ])('gets nowhere with %s', (_, message) => {
    raw(message)
    expect(drawn(ada)).toEqual([])
    raw({})
    expect(drawn(ada)).toHaveLength(1)
  })

  it('cannot draw or take away as somebody else', async () => {
    await draw(cem)
    const [line] = sketches(cem).all
    raw({ id: line?.id, points: [7, 8, 9] })
    raw({ type: 'undraw', id: line?.id })
    expect(drawn(ada).filter(([by]) => by === 'cem')).toEqual(drawn(cem).filter(([by]) => by === 'cem'))
    expect(new Set(sketches(ada).all.map(({ key }) => key)).size).toBe(sketches(ada).all.length)
  })

  it('fills neither the memory nor the screen', async () => {
    for (let id = 0; id < 2000; id++) {
      raw({ id: `k${id}` })
      await vi.advanceTimersByTimeAsync(40)
    }
    expect(drawn(ada)).toHaveLength(500)
    raw({ type: 'wipe', id: 'ada' })
    const points = new Array<number>(900).fill(111)
    for (let id = 0; id < 200; id++) {
      raw({ id: `k${id}`, points })
      await vi.advanceTimersByTimeAsync(40)
    }
    expect(drawn(ada)).toHaveLength(100)
    for (let at = 900; at < 20_000; at += 900) raw({ id: 'k0', at, points })
    expect(Math.max(...drawn(ada).map(([, numbers]) => numbers.length))).toBeLessThanOrEqual(MOST_POINTS * 3)
  })

  it('is heard seven hundred times at once, and no more', () => {
    for (let at = 0; at < 900 * 3; at += 3) raw({ at })
    expect(drawn(ada)[0]?.[1]).toHaveLength(700 * 3)
  })
})
