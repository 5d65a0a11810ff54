import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Conference } from './conference'

const ORIGIN = 'https://meet.example'

interface Message {
  postis: true
  scope: string
  method: string
  params: unknown
}

/** The far end of the wire: what our side posts into the frame, and what a page posts back. */
class Page {
  readonly frame = document.createElement('iframe')
  readonly posted: { message: Message; target: unknown }[] = []
  readonly #window = {
    postMessage: (text: string, options: { targetOrigin: string }) => {
      const message = JSON.parse(text) as Message
      this.posted.push({ message, target: options.targetOrigin })
    },
  }
  scope = ''

  constructor(conference: Conference) {
    Object.defineProperty(this.frame, 'contentWindow', { value: this.#window })
    const id = /jitsi_meet_external_api_id=(\d+)/u.exec(conference.address)?.[1] ?? ''
    this.scope = `jitsi_meet_external_api_${id}`
  }

  /** What arrives in our page, from this frame or as if it did. */
  post(method: string, params: unknown, from: { origin?: string; source?: unknown; scope?: string } = {}): void {
    const data = JSON.stringify({ postis: true, scope: from.scope ?? this.scope, method, params })
    const event = new MessageEvent('message', { data, origin: from.origin ?? ORIGIN })
    Object.defineProperty(event, 'source', { value: from.source ?? this.#window })
    dispatchEvent(event)
  }

  /** Both ends find each other, as postis does it. */
  shakeHands(): void {
    this.post('__ready__', 'page')
    vi.advanceTimersByTime(60)
    const ours = this.posted.find(({ message }) => message.method === '__ready__' && message.params !== 'page')
    if (ours) this.post('__ready__', ours.message.params)
  }

  says(name: string, more: object = {}, from: Parameters<Page['post']>[2] = {}): void {
    this.post('message', { type: 'event', data: { name, ...more } }, from)
  }

  /** Commands that came over the wire so far, each with its arguments. */
  commands(): unknown[][] {
    return this.posted
      .map(({ message }) => message.params as { type?: string; data?: { name: string; data: unknown[] } })
      .filter(({ type, data }) => type === 'event' && data)
      .map(({ data }) => [data?.name, ...(data?.data ?? [])])
  }

  answers(name: string, result: unknown): void {
    for (const { message } of this.posted) {
      const { type, id, data } = message.params as { type?: string; id?: number; data?: { name: string } }
      if (type === 'request' && data?.name === name) this.post('message', { type: 'response', id, result })
    }
  }
}

function visit(more: Partial<ConstructorParameters<typeof Conference>[0]> = {}): {
  conference: Conference
  page: Page
  happened: unknown[][]
} {
  const happened: unknown[][] = []
  const note =
    (name: string) =>
    (...words: unknown[]) =>
      void happened.push([name, ...words])
  const conference = new Conference(
    {
      server: 'meet.example',
      room: 'r',
      name: 'Ada',
      microphone: true,
      camera: true,
      password: 'pw',
      hand: false,
      ...more,
    },
    {
      ready: note('ready'),
      asks: note('asks'),
      joined: note('joined'),
      failed: note('failed'),
      troubled: note('troubled'),
      again: note('again'),
      sends: note('sends'),
      chat: note('chat'),
    },
  )
  const page = new Page(conference)
  conference.attach(page.frame)
  vi.advanceTimersByTime(60)
  return { conference, page, happened }
}

function inside(more: Parameters<typeof visit>[0] = {}): ReturnType<typeof visit> {
  const there = visit(more)
  there.page.shakeHands()
  there.page.says('ready')
  there.page.says('video-conference-joined', { roomName: 'r', id: 'me', displayName: 'Ada' })
  return there
}

/** Devices have started over there, with this result. */
async function settle(page: Page, muted: { audio: boolean; video: boolean }): Promise<void> {
  vi.advanceTimersByTime(2000)
  page.answers('is-audio-muted', muted.audio)
  page.answers('is-video-muted', muted.video)
  await vi.advanceTimersByTimeAsync(0)
}

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('navigator', { userActivation: { isActive: true } })
})
afterEach(() => {
  vi.useRealTimers()
})

describe('getting in', () => {
  it('is ready when the page speaks, and in when it says so', () => {
    expect(inside().happened).toEqual([['ready'], ['joined']])
  })

  it('believes names as older servers write them, and signs that newer ones send', () => {
    const { page, happened } = visit()
    page.shakeHands()
    page.says('videoConferenceJoined', { id: 'me' })
    expect(happened).toEqual([['ready'], ['joined']])
    const newer = visit()
    newer.page.shakeHands()
    newer.page.says('conference-created-timestamp', { timestamp: 1 })
    expect(newer.happened).toEqual([['ready'], ['joined']])
  })

  it('fails when a page that has loaded stays silent', () => {
    const { page, happened } = visit()
    page.frame.dispatchEvent(new Event('load'))
    vi.advanceTimersByTime(8000)
    expect(happened).toEqual([['failed', 'no_ready', null]])
  })

  it('leaves a slow network more time to load', () => {
    const { happened } = visit()
    vi.advanceTimersByTime(25_000)
    expect(happened).toEqual([])
    vi.advanceTimersByTime(10_000)
    expect(happened).toEqual([['failed', 'no_ready', null]])
  })

  it('fails when nothing follows, and not while the page asks a person something', () => {
    const silent = visit()
    silent.page.shakeHands()
    vi.advanceTimersByTime(20_000)
    expect(silent.happened).toEqual([['ready'], ['failed', 'not_joined', null]])

    const asking = visit()
    asking.page.shakeHands()
    asking.page.says('prejoin-screen-loaded')
    vi.advanceTimersByTime(60_000)
    expect(asking.happened).toEqual([['ready'], ['asks']])
  })

  it('gives the password when asked, and sets it when it may', () => {
    const { page } = visit()
    page.shakeHands()
    page.says('password-required')
    expect(page.commands()).toContainEqual(['password', 'pw'])

    const first = inside().page
    expect(first.commands()).toEqual([])
    first.says('participant-role-changed', { id: 'other', role: 'moderator' })
    expect(first.commands()).toEqual([])
    first.says('participant-role-changed', { id: 'me', role: 'moderator' })
    expect(first.commands()).toEqual([['password', 'pw']])
  })

  it('sets the password also when it hears that it leads before it is in', () => {
    const { page } = visit()
    page.shakeHands()
    page.says('participant-role-changed', { id: 'me', role: 'moderator' })
    page.says('video-conference-joined', { id: 'me' })
    expect(page.commands()).toEqual([['password', 'pw']])
  })

  it('does not give the same password for ever', () => {
    const { page, happened } = visit()
    page.shakeHands()
    for (let time = 0; time < 4; time++) page.says('password-required')
    expect(happened).toEqual([['ready'], ['failed', 'password', null]])
  })
})

describe('what is believed', () => {
  it('is only what this frame says, from its own origin and for this conversation', () => {
    const { page, happened } = visit()
    const joined = (from: Parameters<Page['post']>[2]) => page.says('video-conference-joined', { id: 'x' }, from)
    joined({ origin: 'https://evil.example' })
    joined({ source: {} })
    joined({ scope: 'jitsi_meet_external_api_999' })
    page.post('constructor', {})
    dispatchEvent(new MessageEvent('message', { data: { postis: true }, origin: ORIGIN }))
    expect(happened).toEqual([])
  })

  it('commands go to that origin alone', () => {
    const { page } = inside()
    expect(new Set(page.posted.map(({ target }) => target))).toEqual(new Set([ORIGIN]))
  })

  it('is nothing at all once it is over', () => {
    const { conference, page, happened } = inside()
    conference.close()
    page.says('error-occurred', { error: { name: 'x', isFatal: true } })
    expect(happened).toEqual([['ready'], ['joined']])
    expect(page.commands()).toEqual([['video-hangup']])
  })
})

describe('trouble', () => {
  it('of a fatal kind ends it, before the page loads itself again', () => {
    const { page, happened } = inside()
    const error = { type: 'CONFERENCE', name: 'conference.videobridgeNotAvailable', isFatal: true }
    page.says('error-occurred', { error })
    page.says('video-conference-left')
    page.says('ready')
    expect(happened.slice(2)).toEqual([['failed', 'error', 'CONFERENCE conference.videobridgeNotAvailable']])
  })

  it('of another kind is reported, and the page may get over it', () => {
    const { page, happened } = visit()
    page.shakeHands()
    page.says('error-occurred', { error: { name: 'connection.conferenceRequestFailed', isFatal: false } })
    page.says('video-conference-joined', { id: 'me' })
    expect(happened).toEqual([['ready'], ['troubled', 'error', 'connection.conferenceRequestFailed'], ['joined']])
  })

  it.each([
    ['conference.authenticationRequired', 'login'],
    ['connection.passwordRequired', 'login'],
    ['conference.connectionError.notAllowed', 'login'],
    ['conference.connectionError.membersOnly', 'lobby'],
    ['conference.connectionError.accessDenied', 'lobby'],
    ['conference.passwordRequired', 'password'],
    ['conference.passwordNotSupported', 'password'],
    ['connection.droppedError', 'error'],
  ])('%s is told as %s, at once or when time is up', (name, reason) => {
    const fatal = visit()
    fatal.page.shakeHands()
    fatal.page.says('error-occurred', { error: { name, isFatal: true } })
    expect(fatal.happened).toEqual([['ready'], ['failed', reason, name]])

    const asking = visit()
    asking.page.shakeHands()
    asking.page.says('error-occurred', { error: { name, isFatal: false } })
    vi.advanceTimersByTime(20_000)
    const timeIsUp = reason === 'error' ? 'not_joined' : reason
    expect(asking.happened.slice(1)).toEqual([
      ['troubled', reason, name],
      ['failed', timeIsUp, null],
    ])
  })

  it('a lobby over there that nobody opens is told as one', () => {
    const { page, happened } = visit()
    page.shakeHands()
    page.says('local-knocking', { isKnocking: true })
    vi.advanceTimersByTime(120_000)
    expect(happened).toEqual([['ready'], ['asks'], ['failed', 'lobby', null]])
  })

  it('a page that loads itself again asks whether this is still the place', () => {
    const { page, happened } = inside()
    page.says('video-conference-left', { roomName: 'r' })
    page.says('ready')
    page.says('video-conference-joined', { id: 'again' })
    expect(happened.slice(2)).toEqual([['ready'], ['joined']])
  })

  it('a page that says nothing of being ready is known by its greeting', () => {
    const { page, happened } = visit()
    page.shakeHands()
    page.says('videoConferenceJoined', { id: 'me' })
    page.says('videoConferenceLeft', {})
    page.post('__ready__', 'page, loaded again')
    page.post('__ready__', 'page, loaded again')
    page.says('videoConferenceJoined', { id: 'again' })
    expect(happened).toEqual([['ready'], ['joined'], ['ready'], ['joined']])
  })

  it('a page that leaves and does not come back has closed', () => {
    const { page, happened } = inside()
    page.says('video-conference-left', { roomName: 'r' })
    vi.advanceTimersByTime(15_000)
    expect(happened.slice(2)).toEqual([['failed', 'closed', null]])
  })

  it('a computer that slept is no fault of the server', () => {
    const { page, happened } = inside()
    page.says('suspend-detected')
    expect(happened.slice(2)).toEqual([['again']])
  })

  it('who is thrown out over there hears of it; who is not, does not', () => {
    const { page, happened } = inside()
    page.says('participant-kicked-out', { kicked: { id: 'other', local: false }, kicker: { id: 'x' } })
    page.says('participant-kicked-out', { kicked: { id: 'me', local: true }, kicker: { id: 'x' } })
    expect(happened.slice(2)).toEqual([['failed', 'closed', 'kicked']])
  })
})

describe('what one sends', () => {
  it('is brought about over there once devices have started, whatever was said meanwhile', async () => {
    const { page, happened } = inside()
    page.says('audio-mute-status-changed', { muted: true })
    await settle(page, { audio: true, video: false })
    expect(page.commands()).toEqual([['toggle-audio']])
    expect(happened.slice(2)).toEqual([])
  })

  it('follows our buttons, and our buttons follow what is switched over there', async () => {
    const { conference, page, happened } = inside()
    await settle(page, { audio: false, video: false })
    conference.setCamera(false)
    expect(page.commands()).toEqual([['toggle-video']])
    page.says('video-mute-status-changed', { muted: true })
    page.says('audio-mute-status-changed', { muted: true })
    expect(happened.slice(2)).toEqual([
      ['sends', { camera: false }],
      ['sends', { microphone: false }],
    ])
    conference.setCamera(false)
    expect(page.commands()).toHaveLength(1)
  })

  it('says so when a device cannot be had', () => {
    const { page, happened } = inside()
    page.says('camera-error', { type: 'gum.permission_denied' })
    expect(happened.slice(2)).toEqual([['sends', { camera: false }]])
  })

  it('a shared screen is begun and ended by the same command', () => {
    const { conference, page, happened } = inside()
    conference.shareScreen(false)
    conference.shareScreen(true)
    page.says('screen-sharing-status-changed', { on: true })
    conference.shareScreen(true)
    expect(page.commands()).toEqual([['toggle-share-screen']])
    expect(happened.slice(2)).toEqual([['sends', { screen: true }]])
  })

  it('a raised hand goes along', () => {
    const { conference, page } = inside({ hand: true })
    conference.raiseHand(true)
    expect(page.commands()).toEqual([['toggle-raise-hand']])
  })
})

describe('chat', () => {
  it('goes through the page in both directions, without what was said before one came', () => {
    const { conference, page, happened } = inside()
    expect(conference.sendChat('hello')).toBe(true)
    expect(page.commands()).toEqual([['send-chat-message', 'hello', '', true]])
    page.says('incoming-message', { from: 'b', nick: 'Ben', message: 'hi', privateMessage: false })
    page.says('incoming-message', { from: 'b', nick: 'Ben', message: 'old', stamp: '2001-01-01T00:00:00Z' })
    page.says('incoming-message', { from: 'b', nick: 'Ben', message: { not: 'text' } })
    expect(happened.slice(2)).toEqual([['chat', 'b', 'Ben', 'hi']])
  })

  it('reaches nobody before one is in', () => {
    expect(visit().conference.sendChat('hello')).toBe(false)
  })
})
