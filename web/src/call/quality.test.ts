import { describe, expect, it } from 'vitest'
import { judge, readSample, type Sample } from './quality'

const CALM: Sample = {
  received: 0,
  lost: 0,
  frozen: 0,
  roundTrip: 0.05,
  health: { loss: null, limitation: 'none', available: null },
}

describe('readSample', () => {
  it('reads what Chromium tells', () => {
    const sample = readSample([
      { id: 'T', type: 'transport', selectedCandidatePairId: 'P2' },
      { id: 'P1', type: 'candidate-pair', nominated: true, state: 'succeeded', currentRoundTripTime: 9 },
      {
        id: 'P2',
        type: 'candidate-pair',
        nominated: true,
        state: 'succeeded',
        currentRoundTripTime: 0.02,
        availableOutgoingBitrate: 800_000,
      },
      { id: 'IA', type: 'inbound-rtp', kind: 'audio', packetsReceived: 100, packetsLost: 1 },
      { id: 'IV', type: 'inbound-rtp', kind: 'video', packetsReceived: 300, packetsLost: 2, totalFreezesDuration: 0.5 },
      { id: 'OV', type: 'outbound-rtp', kind: 'video', mid: '1', qualityLimitationReason: 'cpu' },
      { id: 'OS', type: 'outbound-rtp', kind: 'video', mid: '2', qualityLimitationReason: 'none' },
      { id: 'RS', type: 'remote-inbound-rtp', kind: 'video', localId: 'OS', fractionLost: 0.9 },
      { id: 'RV', type: 'remote-inbound-rtp', kind: 'video', localId: 'OV', fractionLost: 0.04 },
    ])
    expect(sample).toEqual({
      received: 400,
      lost: 3,
      frozen: 0.5,
      roundTrip: 0.02,
      health: { loss: 0.04, limitation: 'cpu', available: 800_000 },
    })
  })

  it('finds the pair where there is no transport (Firefox)', () => {
    const pair = { type: 'candidate-pair', nominated: true, currentRoundTripTime: 0.1 }
    expect(
      readSample([
        { id: '1', ...pair, state: 'failed', currentRoundTripTime: 5 },
        { id: '2', ...pair, state: 'succeeded' },
      ]).roundTrip,
    ).toBe(0.1)
  })

  it('makes do with nothing', () => {
    expect(readSample([])).toEqual({ ...CALM, roundTrip: null })
  })
})

describe('judge', () => {
  it.each([
    ['good', {}],
    ['fair', { received: 95, lost: 5 }],
    ['poor', { received: 80, lost: 20 }],
    ['fair', { roundTrip: 0.5 }],
    ['poor', { roundTrip: 1 }],
    ['fair', { frozen: 0.5 }],
    ['poor', { frozen: 2 }],
    ['good', { roundTrip: null }],
  ] as const)('%s: %j', (quality, change) => {
    expect(judge('connected', CALM, { ...CALM, ...change })).toBe(quality)
  })

  it('looks at what happened since the last time', () => {
    const before = { ...CALM, received: 1000, lost: 500, frozen: 30 }
    expect(judge('connected', before, { ...before, received: 1100 })).toBe('good')
  })

  it('survives counters that start again', () => {
    expect(judge('connected', { ...CALM, received: 1000, lost: 100, frozen: 9 }, CALM)).toBe('good')
  })

  it('is lost while the connection is restored', () => {
    expect(judge('restoring', CALM, CALM)).toBe('lost')
  })
})
