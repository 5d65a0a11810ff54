import { describe, expect, it } from 'vitest'
import type { AdminServerView, HourView } from '../../api/types'
import { parts, percent, share, stateOf } from './servers'

const NOW = Date.parse('2026-06-22T12:34:00Z')

function hour(at: string, passes: number, failures = 0): HourView {
  return { hour: at, passes, failures, latency_ms: null, latency_most_ms: null, reason: failures > 0 ? 'Away.' : '' }
}

function server(fields: Partial<AdminServerView>): AdminServerView {
  const usual = { enabled: true, draining: false, state: 'up', meetings: 0, most_meetings: 3, takes_meetings: true }
  return { ...usual, ...fields } as AdminServerView
}

describe('the strip of probes', () => {
  it('has a part for each span, and the newest at the end', () => {
    const found = parts([hour('2026-06-22T12:00:00Z', 9, 1), hour('2026-06-22T10:00:00Z', 60)], NOW, 3, 1)
    expect(found.map(share)).toEqual([1, null, 0.9])
    expect(found[2]?.reason).toBe('Away.')
  })

  it('adds hours up to days, and leaves out what is older', () => {
    const old = hour('2026-06-19T10:00:00Z', 5)
    const found = parts([old, hour('2026-06-21T01:00:00Z', 1), hour('2026-06-21T23:00:00Z', 0, 3)], NOW, 3, 24)
    expect(found.map(({ passes, failures }) => [passes, failures])).toEqual([
      [0, 0],
      [1, 3],
      [0, 0],
    ])
  })

  it('calls nothing whole that is not', () => {
    expect(percent(0.9999)).toBe('99.9%')
    expect(percent(1)).toBe('100%')
  })
})

describe('the state of a server', () => {
  it.each([
    [{}, 'accent'],
    [{ enabled: false, state: 'down' }, 'plain'],
    [{ state: 'down' }, 'danger'],
    [{ state: 'unknown' }, 'plain'],
    [{ draining: true }, 'warn'],
    [{ meetings: 3 }, 'warn'],
    [{ takes_meetings: false }, 'warn'],
  ] as [Partial<AdminServerView>, string][])('%o looks %s', (fields, look) => {
    expect(stateOf(server(fields)).look).toBe(look)
  })
})
