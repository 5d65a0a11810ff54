// @vitest-environment node
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { canRecognise, Recogniser } from './recogniser'

/** What a browser has, in so far as it is used. */
class Recognition {
  static state = 'available'
  static all: Recognition[] = []
  static available = vi.fn(() => Promise.resolve(Recognition.state))
  static install = vi.fn(() => Promise.resolve(true))
  processLocally = false
  lang = ''
  onresult: ((event: object) => void) | null = null
  onerror: ((event: { error: string }) => void) | null = null
  onend: (() => void) | null = null
  start = vi.fn()
  abort = vi.fn()

  constructor() {
    Recognition.all.push(this)
  }
}

const track = {} as MediaStreamTrack

beforeEach(() => {
  vi.useFakeTimers()
  Recognition.all = []
  Recognition.state = 'available'
  vi.stubGlobal('SpeechRecognition', Recognition)
})

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

describe('recognition', () => {
  it.each([
    ['available', true],
    ['downloadable', true],
    ['unavailable', false],
  ])('that is %s is to be had: %s', async (state, can) => {
    Recognition.state = state
    expect(await canRecognise('de-AT')).toBe(can)
    expect(Recognition.available).toHaveBeenLastCalledWith({ langs: ['de-AT'], processLocally: true })
  })

  it('is left alone where it cannot be asked to stay on the device', async () => {
    vi.stubGlobal(
      'SpeechRecognition',
      class {
        start = vi.fn()
      },
    )
    expect(await canRecognise('en')).toBe(false)
    vi.unstubAllGlobals()
    expect(await canRecognise('en')).toBe(false)
  })

  it('stays on the device, tells what is going on and what is done, and begins anew after a silence', () => {
    const heard: [string, boolean][] = []
    const recogniser = new Recogniser(track, 'en-GB', (words, done) => heard.push([words, done]))
    const [first] = Recognition.all
    expect(first).toMatchObject({ processLocally: true, lang: 'en-GB' })
    expect(first?.start).toHaveBeenCalledWith(track)
    const results = [
      { isFinal: true, 0: { transcript: 'told before' } },
      { isFinal: true, 0: { transcript: 'the fence' } },
      { isFinal: false, 0: { transcript: 'and ' } },
      { isFinal: false, 0: { transcript: 'the gate' } },
    ]
    first?.onresult?.({ resultIndex: 1, results })
    expect(heard).toEqual([
      ['the fence', true],
      ['and the gate', false],
    ])
    first?.onend?.()
    vi.advanceTimersByTime(1000)
    expect(Recognition.all).toHaveLength(2)

    recogniser.stop()
    expect(Recognition.all[1]?.abort).toHaveBeenCalled()
    Recognition.all[1]?.onresult?.({ resultIndex: 0, results })
    Recognition.all[1]?.onend?.()
    vi.advanceTimersByTime(1000)
    expect(heard).toHaveLength(2)
    expect(Recognition.all).toHaveLength(2)
  })

  it('gives up where another try would end the same way', () => {
    new Recogniser(track, 'en', () => undefined)
    Recognition.all[0]?.onerror?.({ error: 'language-not-supported' })
    Recognition.all[0]?.onend?.()
    vi.advanceTimersByTime(1000)
    expect(Recognition.all).toHaveLength(1)
  })
})
