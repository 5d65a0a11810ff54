import { describe, expect, it } from 'vitest'
import type { Ice } from '../api/types'
import { noTracks } from './connection'
import { lifetimeOf } from './ice'
import { firstEncodings, readControl, readShow } from './remote'

describe('readShow', () => {
  it.each([
    ['{"show":{"camera":360,"screen":0}}', { camera: 360, screen: 0 }],
    ['{"show":{"camera":null}}', { camera: null, screen: null }],
    ['{"show":{"camera":-1,"screen":99999}}', { camera: null, screen: null }],
    ['{"show":{"camera":"360","screen":1e999}}', { camera: null, screen: null }],
    ['{"show":{}}', { camera: null, screen: null }],
    ['{}', null],
    ['null', null],
    ['nonsense', null],
    [`{"show":{"camera":360,"junk":"${'x'.repeat(500)}"}}`, null],
    [new ArrayBuffer(8), null],
  ])('%j', (raw, shown) => {
    expect(readShow(readControl(raw)['show'])).toEqual(shown)
  })
})

describe('firstEncodings', () => {
  it('puts the voice first and starts with a small picture', () => {
    const first = firstEncodings({ tracks: noTracks(), people: 2 })
    expect(first.microphone).toMatchObject({ priority: 'high' })
    expect(first.camera).toMatchObject({ active: true, maxBitrate: 500_000, scaleResolutionDownBy: 2 })
  })
})

describe('lifetimeOf', () => {
  const now = Date.now()
  const turn = (seconds: number): Ice => {
    const username = `${Math.floor(now / 1000) + seconds}:id`
    return { servers: [{ urls: ['turn:t'], username, credential: 'c' }], policy: 'all' }
  }

  it('is none without credentials', () => {
    expect(lifetimeOf({ servers: [], policy: 'all' })).toBeNull()
    const stun = { urls: ['stun:s'], username: null, credential: null }
    expect(lifetimeOf({ servers: [stun], policy: 'all' })).toBeNull()
  })

  it.each([
    ['an hour', 3600, 3600],
    ['a clock that is far ahead', -9999, 120],
    ['a clock that is far behind', 99_999_999, 24 * 3600],
  ])('%s', (_, seconds, lifetime) => {
    expect(Math.abs((lifetimeOf(turn(seconds)) ?? 0) / 1000 - lifetime)).toBeLessThan(3)
  })
})
