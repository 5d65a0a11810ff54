import { beforeEach, describe, expect, it, vi } from 'vitest'
import { endSession, keepSession } from '../api/session'
import {
  forgetMeeting,
  forgetMember,
  recallDevices,
  recallMeeting,
  recallName,
  rememberDevices,
  rememberMeeting,
  rememberName,
} from './memory'

beforeEach(() => {
  localStorage.clear()
  vi.useRealTimers()
})

describe('memory', () => {
  it('knows nothing at first', () => {
    expect(recallName()).toBeNull()
    expect(recallDevices()).toEqual({ microphone: null, camera: null, speaker: null })
    expect(recallMeeting('abc-defg-hjk')).toBeNull()
  })

  it('remembers name and devices under the names that are promised', () => {
    rememberName('Ada')
    rememberDevices({ microphone: 'm', camera: null, speaker: 's' })
    expect(localStorage.getItem('vcc-name')).toBe('Ada')
    expect(JSON.parse(localStorage.getItem('vcc-devices') ?? '')).toEqual({
      microphone: 'm',
      camera: null,
      speaker: 's',
    })
    expect(recallName()).toBe('Ada')
    expect(recallDevices()).toEqual({ microphone: 'm', camera: null, speaker: 's' })
  })

  it('keeps one token for each meeting and forgets the one that is over', () => {
    rememberMeeting('one', 'token-1')
    rememberMeeting('two', 'token-2')
    rememberMeeting('one', 'token-3')
    forgetMeeting('two')
    expect(recallMeeting('one')).toBe('token-3')
    expect(recallMeeting('two')).toBeNull()
    expect(Object.keys(JSON.parse(localStorage.getItem('vcc-meetings') ?? '') as object)).toEqual(['one'])
  })

  it('drops tokens after seven days', () => {
    vi.useFakeTimers({ now: 0 })
    rememberMeeting('old', 'token-1')
    vi.setSystemTime(6 * 24 * 3600 * 1000)
    rememberMeeting('new', 'token-2')
    expect(recallMeeting('old')).toBe('token-1')
    vi.setSystemTime(8 * 24 * 3600 * 1000)
    expect(recallMeeting('old')).toBeNull()
    expect(recallMeeting('new')).toBe('token-2')
  })

  it('gives the token of a member to nobody else', () => {
    keepSession('jwt', { id: 'ada', name: 'Ada' })
    rememberMeeting('one', 'of-ada')
    expect(recallMeeting('one')).toBe('of-ada')
    keepSession('jwt', { id: 'grace', name: 'Grace' })
    expect(recallMeeting('one')).toBeNull()
    endSession()
    expect(recallMeeting('one')).toBeNull()
  })

  it('lets who has signed in come as a member, but never takes the rights of a host from them', () => {
    rememberMeeting('visited', 'guest')
    rememberMeeting('started', 'host', { host: true })
    keepSession('jwt', { id: 'ada', name: 'Ada' })
    expect(recallMeeting('visited')).toBeNull()
    expect(recallMeeting('started')).toBe('host')
    rememberMeeting('started', 'host-again', { host: true })
    endSession()
    expect(recallMeeting('started')).toBe('host-again')
  })

  it('keeps nothing of a member who signs out, and all of the guest', () => {
    rememberMeeting('mine', 'guest', { host: true })
    keepSession('jwt', { id: 'ada', name: 'Ada' })
    rememberMeeting('hers', 'of-ada', { host: true })
    rememberName('Ada Lovelace')
    forgetMember()
    endSession()
    expect(localStorage.getItem('vcc-meetings')).not.toContain('of-ada')
    expect(recallMeeting('mine')).toBe('guest')
    expect(recallName()).toBe('')
  })

  it.each(['not json', '[1,2]', '"text"', 'null', '{"one":{"token":5,"at":"x"},"microphone":7}'])(
    'survives %j in its place',
    (rubbish) => {
      localStorage.setItem('vcc-meetings', rubbish)
      localStorage.setItem('vcc-devices', rubbish)
      expect(recallMeeting('one')).toBeNull()
      expect(recallDevices().microphone).toBeNull()
    },
  )

  it('works without storage', () => {
    vi.stubGlobal('localStorage', {
      getItem: () => {
        throw new DOMException('blocked', 'SecurityError')
      },
      setItem: () => {
        throw new DOMException('blocked', 'SecurityError')
      },
    })
    rememberName('Ada')
    rememberMeeting('one', 'token')
    expect(recallName()).toBeNull()
    expect(recallMeeting('one')).toBeNull()
  })
})
