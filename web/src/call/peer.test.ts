import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Candidate, Description } from '../api/types'
import { Connection } from './connection'
import { FakeConnection } from './fake_connection'
import { Peer } from './peer'

interface Message {
  description: Description | null
  candidates: Candidate[]
}

/** One side: a peer, what it sent, and its present connection. */
class Side {
  readonly sent: Message[] = []
  readonly peer: Peer
  other: Side | null = null
  /** Messages get lost while this is set. */
  deaf = false

  constructor(polite: boolean) {
    const groups = { person: new MediaStream(), screen: new MediaStream() }
    this.peer = new Peer('session', polite, {
      signal: (description, candidates) => {
        this.sent.push({ description, candidates })
        if (this.other && !this.other.deaf) this.other.peer.receive(description, candidates)
        return true
      },
      forOffer: () => Connection.forOffer({}, groups, () => null, {}),
      forAnswer: () => Connection.forAnswer({}, groups, () => null),
      opened: () => undefined,
      ready: () => undefined,
      changed: () => undefined,
    })
  }

  get pc(): FakeConnection {
    return this.peer.connection?.pc as unknown as FakeConnection
  }

  get types(): string[] {
    return this.sent.map(({ description }) => description?.type ?? 'candidates')
  }
}

let impolite: Side
let polite: Side

/** Lets promises settle, and nothing else happen. */
async function settle(): Promise<void> {
  await vi.advanceTimersByTimeAsync(0)
}

function originIn(description: RTCSessionDescriptionInit | null): string | undefined {
  return /o=- (\d+)/.exec(description?.sdp ?? '')?.[1]
}

/** Each side has described itself to the connection that the other one uses. */
function expectMatched(): void {
  for (const side of [impolite, polite]) {
    expect(side.pc.signalingState).toBe('stable')
    expect(side.peer.connection?.streams).not.toBeNull()
    expect(originIn(side.pc.remoteDescription)).toBe(side.other?.pc.origin)
    expect(originIn(side.pc.localDescription)).toBe(side.pc.origin)
  }
}

async function connected(): Promise<void> {
  impolite.peer.offer()
  polite.peer.wait()
  await settle()
  for (const { pc } of [impolite, polite]) pc.becomes('connected')
}

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('RTCPeerConnection', FakeConnection)
  vi.stubGlobal(
    'MediaStream',
    class Stream {
      id = ''
    },
  )
  FakeConnection.all = []
  impolite = new Side(false)
  polite = new Side(true)
  impolite.other = polite
  polite.other = impolite
})

afterEach(() => {
  impolite.peer.close()
  polite.peer.close()
  vi.useRealTimers()
})

describe('the first offer', () => {
  it('is answered, and both sides know what the other sends', async () => {
    await connected()
    expectMatched()
    expect(impolite.types).toEqual(['offer'])
    expect(polite.types).toEqual(['answer'])
    expect(impolite.peer.link).toBe('connected')
  })

  it('may come from both at once: the polite side answers from a clean connection', async () => {
    impolite.peer.offer()
    polite.peer.offer()
    await settle()
    expectMatched()
    expect(polite.types).toEqual(['offer', 'answer'])
    expect(FakeConnection.all.map(({ signalingState }) => signalingState).sort()).toEqual([
      'closed',
      'stable',
      'stable',
    ])
  })

  it('is said again when it was lost', async () => {
    polite.deaf = true
    impolite.peer.offer()
    await settle()
    polite.deaf = false
    await vi.advanceTimersByTimeAsync(8000)
    expectMatched()
    expect(impolite.types).toEqual(['offer', 'offer'])
  })

  it('is said again when the answer was lost', async () => {
    impolite.deaf = true
    impolite.peer.offer()
    await settle()
    impolite.deaf = false
    await vi.advanceTimersByTimeAsync(8000)
    expectMatched()
  })

  it('is made by the one who waits when it does not come', async () => {
    polite.peer.wait()
    await vi.advanceTimersByTimeAsync(8000)
    expectMatched()
    expect(polite.types).toEqual(['offer'])
  })

  it('goes out at once where it was prepared', async () => {
    const groups = { person: new MediaStream(), screen: new MediaStream() }
    const prepared = Connection.forOffer({}, groups, () => null, {})
    await prepared.pc.setLocalDescription()
    const sent: (Description | null)[] = []
    const peer = new Peer('session', true, {
      signal: (description) => sent.push(description) > 0,
      forOffer: () => prepared,
      forAnswer: () => prepared,
      opened: () => undefined,
      ready: () => undefined,
      changed: () => undefined,
    })
    peer.offer()
    expect(sent).toHaveLength(1)
    peer.close()
  })
})

describe('candidates', () => {
  const named = (side: Side) => side.sent.map(({ candidates }) => candidates.map(({ candidate }) => candidate))

  it('travel in batches', async () => {
    await connected()
    impolite.sent.length = 0
    for (const name of ['a', 'b']) impolite.pc.finds(name)
    await vi.advanceTimersByTimeAsync(4)
    expect(named(impolite)).toEqual([])
    impolite.pc.finds('c')
    await vi.advanceTimersByTimeAsync(1)
    expect(named(impolite)).toEqual([['a', 'b', 'c']])
    expect(polite.pc.candidates).toHaveLength(3)
  })

  it('never travel in batches that the server refuses', async () => {
    await connected()
    impolite.sent.length = 0
    for (let index = 0; index < 70; index++) impolite.pc.finds(String(index))
    await vi.advanceTimersByTimeAsync(5)
    expect(named(impolite).map(({ length }) => length)).toEqual([64, 6])
  })

  it('are not repeated when the description has them already', async () => {
    await connected()
    impolite.sent.length = 0
    impolite.pc.finds('a')
    impolite.pc.restartIce()
    await vi.advanceTimersByTimeAsync(20)
    expect(impolite.types).toEqual(['offer'])
  })
})

describe('a connection that breaks', () => {
  it.each([
    ['disconnected', 2000, 3000],
    ['failed', 0, 1000],
  ] as const)('%s is restarted: at once or soon, by the impolite side first', async (state, first, second) => {
    await connected()
    polite.pc.becomes(state)
    polite.other = null
    await vi.advanceTimersByTimeAsync(second - 1)
    expect(polite.pc.generation).toBe(1)
    await vi.advanceTimersByTimeAsync(1)
    expect(polite.pc.generation).toBe(2)

    impolite.pc.becomes(state)
    expect(impolite.peer.link).toBe('restoring')
    await vi.advanceTimersByTimeAsync(first)
    expect(impolite.pc.generation).toBe(2)
  })

  it('that heals by itself is left alone', async () => {
    await connected()
    impolite.pc.becomes('disconnected')
    impolite.pc.becomes('connected')
    await vi.advanceTimersByTimeAsync(60_000)
    expect(impolite.pc.generation).toBe(1)
    expect(impolite.types).toEqual(['offer'])
  })

  it('is built anew on both sides when restarts do not help', async () => {
    await connected()
    const before = [impolite.pc, polite.pc]
    impolite.pc.becomes('failed')
    polite.pc.becomes('disconnected')
    await vi.advanceTimersByTimeAsync(30_000)
    expect(before.map(({ signalingState }) => signalingState)).toEqual(['closed', 'closed'])
    expectMatched()
  })

  it('waits for the other side to be reachable', async () => {
    await connected()
    impolite.peer.setReachable(false)
    impolite.pc.becomes('failed')
    await vi.advanceTimersByTimeAsync(60_000)
    expect(impolite.types).toEqual(['offer'])
    impolite.peer.setReachable(true)
    await settle()
    expect(impolite.pc.generation).toBe(2)
    expectMatched()
  })

  it('survives restarts from both sides at once', async () => {
    await connected()
    impolite.pc.restartIce()
    polite.pc.restartIce()
    await settle()
    expectMatched()
    expect(polite.pc.origin).toBe(originIn(impolite.pc.remoteDescription))
  })

  it('finds new ways on another network, even if the old one seems to work', async () => {
    await connected()
    impolite.peer.refresh()
    await settle()
    expect(impolite.pc.generation).toBe(2)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(impolite.pc.generation).toBe(2)
  })
})

describe('a server that goes and comes back', () => {
  it('does not touch a healthy connection', async () => {
    await connected()
    for (const { peer } of [impolite, polite]) peer.setReachable(false)
    for (const { peer } of [impolite, polite]) peer.setReachable(true)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(impolite.types).toEqual(['offer'])
    expect(polite.types).toEqual(['answer'])
  })

  it('makes up for a restart whose offer was lost', async () => {
    await connected()
    polite.deaf = true
    impolite.pc.restartIce()
    await settle()
    impolite.peer.setReachable(false)
    polite.deaf = false
    impolite.peer.setReachable(true)
    await settle()
    expectMatched()
  })
})

describe('another connection on the other side', () => {
  it('is answered from a new one', async () => {
    await connected()
    const before = polite.pc
    impolite.peer.offer()
    await settle()
    expect(polite.pc).not.toBe(before)
    expectMatched()
  })

  it('is not confused with the one before: late messages of that one are dropped', async () => {
    await connected()
    const late = polite.sent[0]?.description ?? null
    impolite.deaf = true
    impolite.peer.offer()
    await settle()
    impolite.deaf = false
    impolite.peer.receive(late, [])
    await settle()
    expect(impolite.pc.signalingState).toBe('have-local-offer')
    await vi.advanceTimersByTimeAsync(8000)
    expectMatched()
  })

  it('that answers an offer meant for the old one makes both begin anew', async () => {
    await connected()
    polite.peer.close()
    const fresh = new Side(true)
    fresh.other = impolite
    impolite.other = fresh
    polite = fresh
    impolite.pc.restartIce()
    await settle()
    expectMatched()
  })

  it('with nonsense in its description is met with a new attempt', async () => {
    await connected()
    vi.spyOn(FakeConnection.prototype, 'setRemoteDescription').mockRejectedValueOnce(new Error('nonsense'))
    polite.peer.receive({ type: 'offer', sdp: `o=- ${impolite.pc.origin} 3` }, [])
    await vi.advanceTimersByTimeAsync(2000)
    expectMatched()
  })
})
