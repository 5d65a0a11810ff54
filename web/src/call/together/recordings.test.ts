// @vitest-environment node
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Page } from './fake_page'

let ada: Page
let ben: Page
let cem: Page
const recorder = { start: vi.fn(), stop: vi.fn(() => Promise.resolve()) }

beforeEach(() => {
  vi.useFakeTimers()
  vi.clearAllMocks()
  Page.all = []
  ada = new Page('ada')
  ben = new Page('ben')
  cem = new Page('cem')
})

afterEach(() => vi.useRealTimers())

function seen(page: Page): string[] {
  return page.together.recordings.others.map(({ name }) => name)
}

describe('a recording', () => {
  it('begins when everybody has been shown it, and is shown until it ends', async () => {
    recorder.start.mockImplementation(() => expect([seen(ben), seen(cem)]).toEqual([['ADA'], ['ADA']]))
    expect(await ada.together.recordings.begin(recorder)).toBe(true)
    expect(recorder.start).toHaveBeenCalledOnce()
    expect(ben.told).toEqual(['recording'])
    const dunja = new Page('dunja')
    ada.together.met('dunja')
    expect(seen(dunja)).toEqual(['ADA'])

    await ada.together.recordings.end()
    expect(recorder.stop).toHaveBeenCalledOnce()
    expect([seen(ben), seen(dunja)]).toEqual([[], []])
    expect(ben.told).toEqual(['recording', 'recording_over'])
  })

  it('does not begin where somebody could not be shown it', async () => {
    cem.deaf = true
    const begun = ada.together.recordings.begin(recorder)
    await vi.advanceTimersByTimeAsync(8000)
    expect(await begun).toBe(false)
    expect(recorder.start).not.toHaveBeenCalled()
    expect(ada.together.recordings).toMatchObject({ own: 'off', untold: ['CEM'] })
    expect(seen(ben)).toEqual([])
  })

  it('is not shown any more when who records has left', async () => {
    await ada.together.recordings.begin(recorder)
    ada.here = false
    ben.together.follow()
    expect(seen(ben)).toEqual([])
  })
})
