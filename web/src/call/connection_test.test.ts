import { describe, expect, it } from 'vitest'
import { judge, ways, works, type Finding, type NetworkFindings } from './connection_test'

const FINE: NetworkFindings = {
  roundTrip: 30,
  peers: true,
  relayUdp: true,
  relayTcp: true,
  stun: null,
  down: 20,
  up: 5,
}

const CASES: [string, Partial<NetworkFindings>, Finding[], boolean][] = [
  ['nothing to say', {}, [], true],
  ['only a STUN server, which answers', { relayUdp: null, relayTcp: null, stun: true }, [], true],
  ['no server to find out by', { relayUdp: null, relayTcp: null }, ['udp_unknown'], true],
  ['UDP blocked, TCP not', { relayUdp: false }, ['udp_blocked'], true],
  ['STUN silent', { relayUdp: null, relayTcp: null, stun: false }, ['udp_blocked'], true],
  ['no relay reached', { relayUdp: false, relayTcp: false }, ['relay_lost'], false],
  ['no relay but TCP, which is not reached', { relayUdp: null, relayTcp: false }, ['relay_lost'], false],
  [
    'our server out of reach',
    { roundTrip: null, relayUdp: null, relayTcp: null, down: null, up: null },
    ['site_lost'],
    false,
  ],
  ['a browser without connections', { peers: false }, ['peers_blocked'], false],
  ['little passes', { up: 0.2 }, ['speed_low'], true],
  ['some passes', { down: 1 }, ['speed_some'], true],
  ['far away', { roundTrip: 600 }, ['site_slow'], true],
]

describe('what a network lets through', () => {
  it.each(CASES)('%s', (_, change, findings, usable) => {
    const judged = judge({ ...FINE, ...change })
    expect(judged).toEqual(findings)
    expect(works(judged)).toBe(usable)
  })

  it('is asked of each kind of server by itself', () => {
    const servers = [
      { urls: ['stun:a'], username: null, credential: null },
      { urls: ['turn:b?transport=udp', 'turn:b?transport=tcp', 'turns:b'], username: 'me', credential: 'it' },
    ]
    expect(ways(servers, /^stun:/u)).toEqual([servers[0]])
    expect(ways(servers, /^turns:/u)).toEqual([{ urls: ['turns:b'], username: 'me', credential: 'it' }])
  })
})
