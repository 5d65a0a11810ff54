import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { FakeSocket } from './fake_socket'
import { Signalling, type CallMessage } from './signalling'

const JOIN = {
  type: 'join',
  session: 'session-1',
  name: 'Ada',
  token: null,
  host_key: null,
  password: null,
  hand: false,
} as const
const left = (seq: number) => ({ type: 'participant_left', seq, id: 'x', why: 'left' })
const snapshot = (seq: number) => ({ type: 'snapshot', seq, heartbeat_seconds: 10 })

let messages: CallMessage[]
let log: string[]
let signalling: Signalling

function start(): Signalling {
  return new Signalling('ws://server/live', {
    message: (message) => messages.push(message),
    refused: ({ code }, joining) => log.push(`refused ${code} ${joining ? 'joining' : 'acting'}`),
    lost: () => log.push('lost'),
    closed: (code) => log.push(`closed ${code}`),
  })
}

const socket = () => FakeSocket.last

/** Opened, joined, and in with snapshot 5. */
function inside(): FakeSocket {
  signalling.open()
  socket().accept()
  signalling.join(() => JOIN)
  socket().say(snapshot(5))
  return socket()
}

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('WebSocket', FakeSocket)
  vi.spyOn(Math, 'random').mockReturnValue(1)
  FakeSocket.all = []
  messages = []
  log = []
  signalling = start()
})

afterEach(() => {
  signalling.stop()
  vi.useRealTimers()
})

describe('joining', () => {
  it('opens the socket early and says nothing until it is asked to', () => {
    signalling.open()
    socket().accept()
    expect(socket().sent).toEqual([])
    signalling.join(() => JOIN)
    expect(socket().sent).toEqual([JOIN])
    expect(signalling.up).toBe(false)
    socket().say(snapshot(1))
    expect(signalling.up).toBe(true)
  })

  it('joins as soon as the socket is open', () => {
    signalling.open()
    signalling.join(() => JOIN)
    expect(socket().sent).toEqual([])
    socket().accept()
    expect(socket().types).toEqual(['join'])
  })

  it('asks once more on the same socket after a refusal', () => {
    signalling.open()
    socket().accept()
    signalling.join(() => JOIN)
    socket().say({ type: 'refused', code: 'wrong-password', detail: '' })
    signalling.join(() => JOIN)
    expect(log).toEqual(['refused wrong-password joining'])
    expect(socket().types).toEqual(['join', 'join'])
    expect(FakeSocket.all).toHaveLength(1)
  })

  it('does not join again by itself after a refusal', () => {
    signalling.open()
    socket().accept()
    signalling.join(() => JOIN)
    socket().say({ type: 'refused', code: 'meeting-full', detail: '' })
    socket().breaks()
    vi.advanceTimersByTime(1000)
    expect(socket().accept().sent).toEqual([])
    expect(log).not.toContain('lost')
  })

  it('tells a refused act from a refused join', () => {
    inside().say({ type: 'refused', code: 'not-allowed', detail: '' })
    expect(log).toEqual(['refused not-allowed acting'])
    expect(signalling.up).toBe(true)
  })

  it('is alive in the lobby, too', () => {
    signalling.open()
    socket().accept()
    signalling.join(() => JOIN)
    socket().say({ type: 'in_lobby', you: 'a', token: 't', heartbeat_seconds: 10 })
    vi.advanceTimersByTime(10_000)
    expect(socket().types).toEqual(['join', 'heartbeat'])
    socket().say({ type: 'alive', seq: 77 })
    expect(socket().types).not.toContain('resync')
  })

  it('tries another socket when the answer to join does not come', () => {
    signalling.open()
    socket().accept()
    signalling.join(() => JOIN)
    vi.advanceTimersByTime(5000)
    expect(log).toEqual(['lost'])
    vi.advanceTimersByTime(500)
    expect(FakeSocket.all).toHaveLength(2)
    expect(socket().accept().types).toEqual(['join'])
  })
})

describe('numbers', () => {
  const seqs = () => messages.map((message) => ('seq' in message ? message.seq : message.type))

  it('hands events on in order, drops what is known, and counts ticks', () => {
    const live = inside()
    live.say(left(6))
    live.say(left(6))
    live.say({ type: 'tick', seq: 7 })
    live.say(left(8))
    expect(seqs()).toEqual([5, 6, 8])
    expect(live.types).toEqual(['join'])
  })

  it('asks once for a snapshot when a number is missing, and goes on from there', () => {
    const live = inside()
    live.say(left(7))
    live.say(left(8))
    expect(live.types).toEqual(['join', 'resync'])
    live.say(snapshot(8))
    live.say(left(8))
    live.say(left(9))
    expect(seqs()).toEqual([5, 8, 9])
    live.say(left(11))
    expect(live.types).toEqual(['join', 'resync', 'resync'])
  })

  it('notices by a heartbeat that something was missed', () => {
    const live = inside()
    live.say({ type: 'alive', seq: 5 })
    expect(live.types).toEqual(['join'])
    live.say({ type: 'alive', seq: 6 })
    expect(live.types).toEqual(['join', 'resync'])
  })

  it('hands on what has no number, and the end whatever its number', () => {
    const live = inside()
    for (const message of [
      { type: 'peer_signal', sender: 'a' },
      { type: 'mute_requested', by: 'a' },
      { type: 'meeting_ended', seq: 99, why: 'host' },
    ]) {
      live.say(message)
    }
    expect(messages.map(({ type }) => type)).toEqual(['snapshot', 'peer_signal', 'mute_requested', 'meeting_ended'])
  })
})

describe('a broken socket', () => {
  it('is noticed within two heartbeats when nothing closes it', () => {
    inside()
    vi.advanceTimersByTime(19_999)
    expect(log).toEqual(['lost'])
  })

  it('is left alone while heartbeats are answered', () => {
    const live = inside()
    for (let beat = 0; beat < 20; beat++) {
      vi.advanceTimersByTime(10_000)
      live.say({ type: 'alive', seq: 5 })
    }
    expect(live.types.filter((type) => type === 'heartbeat')).toHaveLength(20)
    expect(log).toEqual([])
  })

  it('is replaced, and join is worded anew', () => {
    signalling.open()
    socket().accept()
    let hand = false
    signalling.join(() => ({ ...JOIN, hand }))
    socket().say(snapshot(5))
    hand = true
    socket().breaks()
    vi.advanceTimersByTime(500)
    expect(socket().accept().sent).toEqual([{ ...JOIN, hand: true }])
    socket().say(snapshot(3))
    socket().say(left(4))
    expect(messages).toHaveLength(3)
  })

  it('is tried again after 0.5, 1, 2, 4, 8, 8 seconds', () => {
    inside().breaks()
    for (const wait of [500, 1000, 2000, 4000, 8000, 8000]) {
      const before = FakeSocket.all.length
      vi.advanceTimersByTime(wait - 1)
      expect(FakeSocket.all).toHaveLength(before)
      vi.advanceTimersByTime(1)
      expect(FakeSocket.all).toHaveLength(before + 1)
      socket().breaks()
    }
  })

  it('gives up a connection that does not come about', () => {
    signalling.open()
    vi.advanceTimersByTime(5000 + 500)
    expect(FakeSocket.all).toHaveLength(2)
  })

  it('keeps what a host did, and nothing that grows stale', () => {
    inside().breaks()
    expect(signalling.send({ type: 'admit', id: 'a' })).toBe(false)
    expect(signalling.send({ type: 'set_hand', raised: true })).toBe(false)
    vi.advanceTimersByTime(500)
    socket().accept().say(snapshot(6))
    expect(socket().types).toEqual(['join', 'admit'])
  })

  it.each([4403, 4404, 4410])('stays closed after %i', (code) => {
    inside().breaks(code)
    vi.advanceTimersByTime(60_000)
    expect(log).toEqual([`closed ${code}`])
    expect(FakeSocket.all).toHaveLength(1)
  })

  it('tries once more after a message that the server could not read', () => {
    inside().breaks(4400)
    vi.advanceTimersByTime(500)
    socket().accept().breaks(4400)
    vi.advanceTimersByTime(60_000)
    expect(log).toEqual(['lost', 'closed 4400'])
    expect(FakeSocket.all).toHaveLength(2)
  })

  it('waits for Join after ten idle minutes, and longer after too many messages', () => {
    signalling.open()
    socket().accept().breaks(4408)
    vi.advanceTimersByTime(600_000)
    expect(FakeSocket.all).toHaveLength(1)
    signalling.join(() => JOIN)
    socket().accept().say(snapshot(1))
    socket().breaks(4429)
    vi.advanceTimersByTime(5000)
    expect(FakeSocket.all).toHaveLength(2)
    vi.advanceTimersByTime(500)
    expect(FakeSocket.all).toHaveLength(3)
  })
})

describe('the page', () => {
  function hide(persisted: boolean): void {
    dispatchEvent(Object.assign(new Event('pagehide'), { persisted }))
  }

  it('doubts the socket when the network is back, and replaces it after two silent seconds', () => {
    const live = inside()
    dispatchEvent(new Event('online'))
    expect(live.types).toEqual(['join', 'heartbeat'])
    vi.advanceTimersByTime(2000)
    expect(log).toEqual(['lost'])
  })

  it('tries at once when the network is back', () => {
    inside().breaks()
    vi.advanceTimersByTime(500)
    socket().breaks()
    dispatchEvent(new Event('online'))
    expect(FakeSocket.all).toHaveLength(3)
  })

  it('says goodbye when it is closed', () => {
    const live = inside()
    hide(false)
    expect(live.types).toEqual(['join', 'leave'])
    vi.advanceTimersByTime(60_000)
    expect(FakeSocket.all).toHaveLength(1)
  })

  it('says nothing when it is kept, and goes on when it is shown again', () => {
    const live = inside()
    hide(true)
    expect(live.types).toEqual(['join'])
    dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true }))
    expect(socket()).not.toBe(live)
    expect(socket().accept().types).toEqual(['join'])
  })

  it('hears nothing more after leaving', () => {
    const live = inside()
    signalling.leave()
    expect(live.types).toEqual(['join', 'leave'])
    dispatchEvent(new Event('online'))
    live.say(left(6))
    expect(FakeSocket.all).toHaveLength(1)
    expect(messages).toHaveLength(1)
  })
})
