import { describe, expect, it } from 'vitest'
import { Diagnosis, troublesOf, Watch, type Condition } from './diagnosis'
import { readTrouble } from './remote'

const CALM: Condition = {
  way: 'direct',
  loss: 0,
  roundTrip: 0.05,
  limitation: 'none',
  available: 2_000_000,
  target: 1_000_000,
  dropped: 0,
}

describe('troublesOf', () => {
  it.each<[string[], Partial<Condition>]>([
    [[], {}],
    [['power'], { limitation: 'cpu' }],
    [['power'], { dropped: 0.4 }],
    [[], { dropped: 0.1 }],
    [['loss'], { loss: 0.06 }],
    [[], { loss: 0.04 }],
    [['bandwidth'], { limitation: 'bandwidth', available: 300_000 }],
    [[], { limitation: 'bandwidth', available: 900_000 }],
    [[], { limitation: 'bandwidth', available: null }],
    [[], { available: 300_000 }],
    [['delay'], { roundTrip: 0.6 }],
    [[], { roundTrip: 0.4 }],
    [['udp_blocked'], { way: 'udp_blocked' }],
    [['relayed'], { way: 'relayed' }],
    [['power', 'loss', 'udp_blocked'], { way: 'udp_blocked', loss: 0.2, limitation: 'cpu' }],
  ])('%j: %j', (troubles, change) => {
    expect(troublesOf([{ ...CALM, ...change }])).toEqual(troubles)
  })

  it('puts one bad connection among three down to the other person', () => {
    const bad = { ...CALM, loss: 0.3 }
    expect(troublesOf([bad, CALM, CALM])).toEqual([])
    expect(troublesOf([bad, bad, CALM])).toEqual(['loss'])
  })

  it('says nothing without connections', () => {
    expect(troublesOf([])).toEqual([])
  })
})

describe('Watch', () => {
  const STUN = { iceServers: [{ urls: ['stun:s'] }] }
  const TURN = { iceServers: [{ urls: 'turn:t?transport=udp' }, { urls: ['turn:t?transport=tcp', 'turns:t'] }] }
  const ONLY_TCP = { iceServers: [{ urls: ['turn:t?transport=tcp', 'turns:t'] }] }
  const pair = [
    { id: 'T', type: 'transport', selectedCandidatePairId: 'P' },
    { id: 'P', type: 'candidate-pair', localCandidateId: 'L', currentRoundTripTime: 0.1, availableOutgoingBitrate: 7 },
  ]
  const candidate = (candidateType: string, relayProtocol?: string, id = 'L') => ({
    id,
    type: 'local-candidate',
    candidateType,
    ...(relayProtocol && { relayProtocol }),
  })
  const way = (config: RTCConfiguration, ...stats: object[]) =>
    new Watch().look({ stats: [...pair, ...stats] as never, config, target: 1 }).way

  it.each<[string, RTCConfiguration, object[]]>([
    ['direct', TURN, [candidate('host')]],
    ['direct', TURN, [candidate('srflx')]],
    ['direct', TURN, []],
    ['udp_blocked', TURN, [candidate('relay', 'tcp')]],
    ['udp_blocked', { ...TURN, iceTransportPolicy: 'relay' }, [candidate('relay', 'tls')]],
    ['udp_blocked', { iceServers: [...STUN.iceServers, ...ONLY_TCP.iceServers] }, [candidate('relay', 'tcp')]],
    // UDP got out, or was never tried.
    ['relayed', TURN, [candidate('relay', 'tcp'), candidate('srflx', undefined, 'M')]],
    ['relayed', TURN, [candidate('relay', 'tcp'), candidate('relay', 'udp', 'M')]],
    ['relayed', ONLY_TCP, [candidate('relay', 'tcp')]],
    ['relayed', TURN, [candidate('relay', 'udp')]],
    // As the operator has it.
    ['direct', { ...TURN, iceTransportPolicy: 'relay' }, [candidate('relay', 'udp')]],
  ])('%s', (expected, config, candidates) => {
    expect(way(config, ...candidates)).toBe(expected)
  })

  it('counts what happened between two looks', () => {
    const watch = new Watch()
    const look = (packetsReceived: number, packetsLost: number, framesReceived: number, framesDropped: number) =>
      watch.look({
        stats: [
          ...pair,
          { id: 'I', type: 'inbound-rtp', packetsReceived, packetsLost, framesReceived, framesDropped },
          { id: 'R', type: 'remote-inbound-rtp', fractionLost: 0.1 },
          { id: 'O', type: 'outbound-rtp', qualityLimitationReason: 'bandwidth' },
        ],
        config: {},
        target: 9,
      })
    expect(look(100, 50, 100, 90)).toMatchObject({ loss: 0.1, dropped: 0, roundTrip: 0.1, available: 7, target: 9 })
    expect(look(180, 70, 120, 100)).toMatchObject({ loss: 0.2, dropped: 0.5, limitation: 'bandwidth' })
    expect(look(0, 0, 0, 0)).toMatchObject({ loss: 0.1, dropped: 0 })
  })

  it('makes do with nothing', () => {
    const nothing = { way: 'direct', loss: 0, roundTrip: 0, limitation: 'none', available: null, dropped: 0 }
    expect(new Watch().look({ stats: [], config: {}, target: 0 })).toMatchObject(nothing)
  })
})

describe('Diagnosis', () => {
  it('tells what stays, and does not flicker', () => {
    const diagnosis = new Diagnosis()
    const told = (bad: string) => Array.from(bad, (look) => diagnosis.look(look === 'x' ? ['loss'] : []))
    expect(told('xxx.xxx')).not.toContain('loss')
    expect(told('.xxxx').at(-1)).toBe('loss')
    expect(told('....x.x....')).not.toContain(null)
    expect(told('.').at(-1)).toBeNull()
  })

  it('tells the worst of several', () => {
    const diagnosis = new Diagnosis()
    for (let look = 0; look < 3; look++) diagnosis.look(['loss', 'udp_blocked'])
    expect(diagnosis.look(['loss', 'udp_blocked'])).toBe('loss')
    for (let look = 0; look < 4; look++) diagnosis.look(['udp_blocked'])
    expect(diagnosis.look(['udp_blocked'])).toBe('udp_blocked')
  })
})

describe('readTrouble', () => {
  it.each([
    ['loss', 'loss'],
    ['udp_blocked', 'udp_blocked'],
    ['10.0.0.1', null],
    ['toString', null],
    [null, null],
    [{ length: 1 }, null],
    [5, null],
  ])('%j', (said, trouble) => {
    expect(readTrouble(said)).toBe(trouble)
  })
})
