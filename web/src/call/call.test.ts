import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Participant, Snapshot } from '../api/types'
import { Call } from './call.svelte'
import { FakeConnection } from './fake_connection'
import { FakeSocket } from './fake_socket'
import { recallMeeting, rememberMeeting } from './memory'

const CODE = 'abc-defg-hjk'
const AT = '2026-06-22T12:00:00Z'
const VIEW = { code: CODE, title: 'Tea', status: 'live', needs_password: false, host_name: 'Ada', end_reason: null }
const MEETING = {
  code: CODE,
  title: 'Tea',
  engine: 'direct',
  lobby: false,
  limit: 6,
  ends_at: null,
  ending_soon: false,
  locked: false,
  needs_password: false,
  epoch: 0,
  place: null,
  breakouts: null,
  refusal: null,
} as const
const NOTHING = { microphone: false, camera: false, screen: false }

let call: Call
let answers: { status: number; body: object }[]

function person(id: string, change: Partial<Participant> = {}): Participant {
  return {
    id,
    session: `session-${id}`,
    name: id.toUpperCase(),
    role: 'guest',
    joined_at: AT,
    media: NOTHING,
    hand: null,
    away_since: null,
    arrival: null,
    ...change,
  }
}

function snapshot(participants: Participant[], change: Partial<Snapshot> = {}): Snapshot {
  return {
    type: 'snapshot',
    now: AT,
    seq: 5,
    you: 'me',
    token: 'token-1',
    meeting: MEETING,
    participants,
    waiting: null,
    ice: { servers: [], policy: 'all' },
    heartbeat_seconds: 10,
    ...change,
  }
}

async function settle(): Promise<void> {
  await vi.advanceTimersByTimeAsync(0)
}

async function opened(): Promise<FakeSocket> {
  void call.open(CODE, null)
  FakeSocket.last.accept()
  await settle()
  return FakeSocket.last
}

async function joined(...others: Participant[]): Promise<FakeSocket> {
  const socket = await opened()
  void call.join('Me', null)
  socket.say(snapshot([...others, person('me')]))
  await vi.advanceTimersByTimeAsync(200)
  return socket
}

beforeEach(() => {
  vi.useFakeTimers()
  localStorage.clear()
  FakeSocket.all = []
  FakeConnection.all = []
  answers = []
  vi.stubGlobal('WebSocket', FakeSocket)
  vi.stubGlobal('RTCPeerConnection', FakeConnection)
  vi.stubGlobal(
    'MediaStream',
    class Stream {
      id = ''
    },
  )
  vi.stubGlobal('fetch', () => {
    const { status, body } = answers.shift() ?? { status: 200, body: VIEW }
    return Promise.resolve(new Response(JSON.stringify(body), { status }))
  })
  call = new Call()
})

afterEach(() => {
  call.leave()
  vi.useRealTimers()
})

describe('before the room', () => {
  it('shows the meeting while the socket is opened', async () => {
    expect(call.state).toBe('idle')
    const socket = await opened()
    expect(call.state).toBe('prejoin')
    expect(call.view?.title).toBe('Tea')
    expect(socket.sent).toEqual([])
    expect(FakeConnection.all.map(({ localDescription }) => localDescription)).toEqual([null])
  })

  it.each([
    [404, { code: 'meeting-not-found', detail: 'No.' }, 'meeting-not-found'],
    [502, {}, 'unavailable'],
  ])('says why there is nothing to join: %i', async (status, body, code) => {
    answers = [{ status, body }]
    await opened()
    expect(call.problem?.code).toBe(code)
    expect(call.view).toBeNull()
  })

  it('looks again without a token that is worth nothing any more', async () => {
    rememberMeeting(CODE, 'old')
    answers = [{ status: 401, body: { code: 'invalid-token' } }]
    await opened()
    expect(call.view?.title).toBe('Tea')
    expect(recallMeeting(CODE)).toBeNull()
  })

  it('knows a host by the link or by what the server shows', async () => {
    void call.open(CODE, 'key')
    expect(call.isHost).toBe(true)
    call.leave()
    call = new Call()
    answers = [{ status: 200, body: { ...VIEW, participants: [] } }]
    await opened()
    expect(call.isHost).toBe(true)
  })

  it('goes through the lobby', async () => {
    const socket = await opened()
    void call.join('Me', null)
    expect(call.state).toBe('joining')
    socket.say({ type: 'in_lobby', you: 'me', token: 'token-2', heartbeat_seconds: 10 })
    expect(call.state).toBe('lobby')
    expect(recallMeeting(CODE)).toBe('token-2')
    expect(FakeConnection.all.every(({ localDescription }) => localDescription === null)).toBe(true)
    socket.say(snapshot([person('me')]))
    expect(call.state).toBe('live')
  })

  it('may correct a wrong password on the same socket', async () => {
    const socket = await opened()
    void call.join('Me', 'wrong')
    socket.say({ type: 'refused', code: 'wrong-password', detail: 'No.', retry_after_seconds: null })
    expect(call.state).toBe('prejoin')
    expect(call.problem).toEqual({ code: 'wrong-password', detail: 'No.', retryAfterSeconds: null })
    void call.join('Me', 'right')
    expect(call.problem).toBeNull()
    socket.say(snapshot([person('me')]))
    expect(call.state).toBe('live')
    expect(socket.sent.map(({ password }) => password)).toEqual(['wrong', 'right'])
  })

  it('comes back as the same person with the token, and as a new one when it is refused', async () => {
    rememberMeeting(CODE, 'old')
    const socket = await opened()
    void call.join('Me', null)
    socket.say({ type: 'refused', code: 'invalid-token', detail: '', retry_after_seconds: null })
    expect(socket.sent.map(({ token }) => token)).toEqual(['old', null])
    expect(call.state).toBe('joining')
  })

  it('gives up when the server cannot be reached', async () => {
    const socket = await opened()
    void call.join('Me', null)
    socket.breaks()
    for (let attempt = 0; attempt < 2; attempt++) {
      await vi.advanceTimersByTimeAsync(8000)
      FakeSocket.last.breaks()
    }
    expect(call.state).toBe('prejoin')
    expect(call.problem?.code).toBe('offline')
  })
})

describe('in the room', () => {
  it('is drawn when the browser looks for a way to the others, or soon', async () => {
    const socket = await opened()
    void call.join('Me', null)
    socket.say(snapshot([person('a'), person('me')]))
    expect(call.state).toBe('joining')
    const offer = { type: 'offer', sdp: 'o=- 99 1' }
    socket.say({ type: 'peer_signal', sender: 'a', sender_session: 'session-a', description: offer, candidates: [] })
    await settle()
    expect(socket.types).toEqual(['join', 'signal'])
    expect(call.state).toBe('joining')
    for (const connection of FakeConnection.all) connection.searches()
    expect(call.state).toBe('live')
  })

  it('keeps everybody in the order of arrival, and the same objects for the same people', async () => {
    const socket = await joined(person('b'), person('a', { joined_at: '2026-06-22T13:00:00Z' }))
    expect(call.peers.map(({ participant }) => participant.id)).toEqual(['b', 'a'])
    const [first] = call.peers
    socket.say({ type: 'participant_changed', seq: 6, participant: person('b', { hand: 6, name: 'Ben' }) })
    expect(call.peers[0]).toBe(first)
    expect(first?.participant.name).toBe('Ben')
    expect(call.hands).toEqual(['b'])
    socket.say({ type: 'participant_left', seq: 7, id: 'b', why: 'left' })
    expect(call.peers).toHaveLength(1)
    expect(call.notices.map(({ kind }) => kind)).toEqual(['hand_raised', 'left'])
  })

  it('offers to whoever comes in, and closes with whoever goes', async () => {
    const socket = await joined()
    await vi.advanceTimersByTimeAsync(1000)
    const prepared = FakeConnection.all.find(({ localDescription }) => localDescription !== null)
    socket.say({ type: 'participant_joined', seq: 6, participant: person('a') })
    const signal = socket.sent.find(({ type }) => type === 'signal')
    expect(signal).toMatchObject({ to: 'a', to_session: 'session-a', description: { type: 'offer' } })
    expect(prepared?.localDescription).toEqual(signal?.['description'])
    socket.say({ type: 'participant_left', seq: 7, id: 'a', why: 'left' })
    expect(prepared?.signalingState).toBe('closed')
  })

  it('builds a new connection for a reloaded page, and none for a mere return', async () => {
    const socket = await joined()
    const offers = () => socket.types.filter((type) => type === 'signal').length
    socket.say({ type: 'participant_joined', seq: 6, participant: person('a') })
    await settle()
    expect(offers()).toBe(1)
    socket.say({ type: 'participant_changed', seq: 7, participant: person('a', { away_since: AT }) })
    socket.say({ type: 'participant_changed', seq: 8, participant: person('a', { session: 'session-b' }) })
    await settle()
    expect(offers()).toBe(2)
  })

  it('switches the microphone off when a host says so', async () => {
    const socket = await joined()
    const setMicrophone = vi.spyOn(call.local, 'setMicrophone')
    socket.say({ type: 'mute_requested', by: 'a' })
    expect(setMicrophone).toHaveBeenCalledWith(false)
  })

  it('does without pictures, and is as before when they are wanted again', async () => {
    await joined()
    call.local.camera = true
    const setCamera = vi.spyOn(call.local, 'setCamera')
    call.setAudioOnly(true)
    call.setAudioOnly(true)
    expect([call.audioOnly, call.local.camera]).toEqual([true, false])
    call.setAudioOnly(false)
    expect(call.audioOnly).toBe(false)
    expect(setCamera.mock.calls).toEqual([[false], [true]])
  })

  it('turns no camera on that was off before it did without pictures', async () => {
    await joined()
    const setCamera = vi.spyOn(call.local, 'setCamera')
    call.setAudioOnly(true)
    call.setAudioOnly(false)
    expect(setCamera.mock.calls).toEqual([[false]])
  })

  it('sends what a host does', async () => {
    const socket = await joined()
    call.admit(null)
    call.refuse('a', true)
    call.mute('a')
    call.remove('a', false)
    call.end()
    expect(socket.sent.slice(1)).toEqual([
      { type: 'admit', id: null },
      { type: 'refuse', id: 'a', ban: true },
      { type: 'mute', id: 'a' },
      { type: 'remove', id: 'a', ban: false },
      { type: 'end' },
    ])
  })

  it('keeps a refused act as a problem and stays', async () => {
    const socket = await joined()
    socket.say({ type: 'refused', code: 'participant-not-found', detail: 'Gone.', retry_after_seconds: null })
    expect(call.state).toBe('live')
    expect(call.problem?.code).toBe('participant-not-found')
  })

  it('has nobody to chat with alone', async () => {
    await joined()
    expect(call.sendChat('hello')).toBe(false)
    expect(call.messages).toEqual([])
  })

  it('keeps what is written while the first connection is made', async () => {
    const socket = await joined()
    socket.say({ type: 'participant_joined', seq: 6, participant: person('a') })
    expect(call.sendChat(' hello ')).toBe(true)
    expect(call.messages).toMatchObject([{ from: 'me', name: 'ME', text: 'hello', mine: true }])
    expect(socket.types).not.toContain('chat')
  })

  it('asks for one click when sound is held back, and plays all of it then', async () => {
    await joined()
    const play = vi.fn(() => Promise.resolve())
    call.holdSound(play)
    call.holdSound(play)
    expect(call.soundBlocked).toBe(true)
    expect(call.notices.map(({ kind }) => kind)).toEqual(['sound_blocked'])
    call.allowSound()
    expect(call.soundBlocked).toBe(false)
    expect(play).toHaveBeenCalledTimes(2)
  })
})

describe('a lost server', () => {
  it('changes nothing but the state, and what is remembered of the absent stays', async () => {
    const sending = person('a', { media: { microphone: true, camera: true, screen: false } })
    const socket = await joined(sending)
    socket.breaks()
    expect(call.state).toBe('reconnecting')
    expect(call.peers).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(500)
    const next = FakeSocket.last.accept()
    expect(next.sent[0]).toMatchObject({ type: 'join', session: socket.sent[0]?.['session'], token: 'token-1' })
    next.say(snapshot([person('a', { away_since: AT }), person('me')], { seq: 1 }))
    expect(call.state).toBe('live')
    expect(call.peers[0]?.participant.media).toEqual(sending.media)
    expect(next.types).toEqual(['join'])
    expect(call.notices).toEqual([])
  })

  it('says so when it took long', async () => {
    const socket = await joined()
    socket.breaks()
    await vi.advanceTimersByTimeAsync(4000)
    FakeSocket.last.accept().say(snapshot([person('me')]))
    expect(call.notices.map(({ kind }) => kind)).toEqual(['back_online'])
  })

  it('brings back a raised hand', async () => {
    const socket = await joined()
    call.raiseHand(true)
    expect(socket.types).toEqual(['join', 'set_hand'])
    socket.breaks()
    await vi.advanceTimersByTimeAsync(500)
    expect(FakeSocket.last.accept().sent[0]).toMatchObject({ hand: true })
  })

  it('that is back but busy is asked again', async () => {
    const socket = await joined()
    socket.breaks()
    await vi.advanceTimersByTimeAsync(500)
    const next = FakeSocket.last.accept()
    next.say({ type: 'refused', code: 'unavailable', detail: '', retry_after_seconds: 2 })
    expect(call.state).toBe('reconnecting')
    await vi.advanceTimersByTimeAsync(2000)
    expect(next.types).toEqual(['join', 'join'])
  })

  it('that gave the seat away sends one back to the door', async () => {
    const socket = await joined(person('a'))
    socket.breaks()
    await vi.advanceTimersByTimeAsync(500)
    const refusal = { type: 'refused', code: 'meeting-full', detail: '', retry_after_seconds: null }
    FakeSocket.last.accept().say(refusal)
    expect(call.state).toBe('prejoin')
    expect(call.peers).toEqual([])
    expect(FakeConnection.all.every(({ signalingState }) => signalingState === 'closed')).toBe(true)
  })
})

describe('the end', () => {
  it.each([
    [{ type: 'meeting_ended', seq: 6, why: 'host' }, { kind: 'meeting_ended', why: 'host' }, null],
    [{ type: 'dismissed', why: 'removed' }, { kind: 'removed' }, 'token-1'],
    [{ type: 'dismissed', why: 'replaced' }, { kind: 'replaced' }, 'token-1'],
  ])('%j', async (message, ending, token) => {
    const socket = await joined(person('a'))
    socket.say(message)
    expect(call.state).toBe('ended')
    expect(call.ending).toEqual(ending)
    expect(recallMeeting(CODE)).toBe(token)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(FakeSocket.all).toHaveLength(1)
    expect(FakeConnection.all.every(({ signalingState }) => signalingState === 'closed')).toBe(true)
  })

  it('is left by oneself, once', async () => {
    const socket = await joined()
    call.leave()
    call.leave()
    expect(call.ending).toEqual({ kind: 'left' })
    expect(socket.types).toEqual(['join', 'leave'])
    expect(recallMeeting(CODE)).toBe('token-1')
  })

  it('that came while one was away is found out', async () => {
    const socket = await joined()
    socket.breaks()
    await vi.advanceTimersByTimeAsync(500)
    answers = [{ status: 200, body: { ...VIEW, status: 'ended', end_reason: 'abandoned' } }]
    const next = FakeSocket.last.accept()
    next.say({ type: 'refused', code: 'meeting-ended', detail: '', retry_after_seconds: null })
    next.breaks(4410)
    await settle()
    expect(call.ending).toEqual({ kind: 'meeting_ended', why: 'abandoned' })
  })

  it('that came before Join is a problem, not an ending', async () => {
    const socket = await opened()
    void call.join('Me', null)
    socket.say({ type: 'refused', code: 'meeting-ended', detail: '', retry_after_seconds: null })
    socket.breaks(4410)
    await settle()
    expect(call.state).toBe('prejoin')
    expect(call.problem?.code).toBe('meeting-ended')
    expect(call.ending).toBeNull()
  })

  it('is not the end when messages were too many', async () => {
    const socket = await joined()
    socket.say({ type: 'dismissed', why: 'too_many_messages' })
    socket.breaks(4429)
    expect(call.state).toBe('reconnecting')
  })
})

describe('breakout rooms', () => {
  const rooms = [
    { id: '1', name: 'Owls', help: null },
    { id: '2', name: 'Larks', help: null },
  ]
  const changed = (seq: number, people: Record<string, string> | null) => {
    const breakouts = people && { rooms, people, choose: false, ends_at: null }
    return { type: 'meeting_changed' as const, seq, meeting: { ...MEETING, breakouts } }
  }
  const offered = (socket: FakeSocket) =>
    socket.sent.flatMap((one) => (one.type === 'signal' && one['description'] ? [one['to']] : []))

  it('connect only people in the same one, and the earlier of two who meet offers', async () => {
    const socket = await joined(person('a'))
    socket.say({ type: 'participant_joined', seq: 6, participant: person('z') })
    await settle()
    expect(offered(socket)).toEqual(['z'])

    socket.say(changed(7, { a: '1', me: '2' }))
    await settle()
    expect([call.peers, call.elsewhere.map(({ id }) => id)]).toEqual([[], ['a', 'z']])
    expect(FakeConnection.all.every(({ connectionState }) => connectionState !== 'connected')).toBe(true)
    const offer = { type: 'offer', sdp: 'o=- 99 1' }
    socket.say({ type: 'peer_signal', sender: 'a', sender_session: 'session-a', description: offer, candidates: [] })
    await settle()
    expect(offered(socket), 'what comes from another room is not heard').toEqual(['z'])

    socket.say(changed(8, null))
    await settle()
    expect(call.peers.map(({ participant }) => participant.id)).toEqual(['a', 'z'])
    expect(offered(socket), 'one waits for who was in the meeting before').toEqual(['z', 'z'])
  })
})
