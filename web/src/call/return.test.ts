import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { cameBack, comeBackTo } from './return'

const SENDS = { microphone: true, camera: false }

describe('a page that loads itself again', () => {
  const reload = vi.fn()
  beforeEach(() => {
    vi.useFakeTimers()
    sessionStorage.clear()
    reload.mockClear()
    vi.stubGlobal('location', { reload })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('comes back once, as it was', () => {
    expect(comeBackTo('abc', 'a.example', SENDS)).toBe(true)
    expect(reload).toHaveBeenCalledOnce()
    expect(cameBack('other')).toBeNull()
    expect(cameBack('abc')).toEqual(SENDS)
    expect(cameBack('abc')).toBeNull()
  })

  it('does not do so again and again for the same server', () => {
    comeBackTo('abc', 'a.example', SENDS)
    cameBack('abc')
    expect(comeBackTo('abc', 'a.example', SENDS)).toBe(false)
    expect(comeBackTo('abc', 'b.example', SENDS)).toBe(true)
    vi.advanceTimersByTime(61_000)
    expect(comeBackTo('abc', 'b.example', SENDS)).toBe(true)
  })

  it('later than a minute it is a visit like any other', () => {
    comeBackTo('abc', 'a.example', SENDS)
    vi.advanceTimersByTime(61_000)
    expect(cameBack('abc')).toBeNull()
  })
})
