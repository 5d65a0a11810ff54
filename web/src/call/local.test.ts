import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Tracks } from './connection'
import { Local } from './local.svelte'

class FakeTrack {
  static all: FakeTrack[] = []
  enabled = true
  readyState = 'live'
  contentHint = ''
  onended: (() => void) | null = null

  constructor(
    readonly kind: string,
    readonly label: string,
  ) {
    FakeTrack.all.push(this)
  }

  stop(): void {
    this.readyState = 'ended'
  }

  /** Unplugged, or ended by the browser's own button. */
  goes(): void {
    this.stop()
    this.onended?.()
  }
}

class FakeStream {
  readonly #tracks: FakeTrack[]

  constructor(tracks: FakeTrack[] = []) {
    this.#tracks = tracks
  }

  getTracks = () => this.#tracks
  getAudioTracks = () => this.#tracks.filter(({ kind }) => kind === 'audio')
  getVideoTracks = () => this.#tracks.filter(({ kind }) => kind === 'video')
}

let local: Local
let sent: Tracks | null
let lost: [string, string | null][]
let fails: string | null
let answer: Promise<void>

function label(constraints: MediaTrackConstraints): string {
  const id = constraints.deviceId as { exact?: string; ideal?: string } | undefined
  return id?.exact ?? id?.ideal ?? 'default'
}

async function getUserMedia({ audio, video }: MediaStreamConstraints): Promise<FakeStream> {
  await answer
  if (fails) throw Object.assign(new Error(fails), { name: fails })
  return new FakeStream([
    ...(audio ? [new FakeTrack('audio', label(audio as MediaTrackConstraints))] : []),
    ...(video ? [new FakeTrack('video', label(video as MediaTrackConstraints))] : []),
  ])
}

beforeEach(() => {
  localStorage.clear()
  FakeTrack.all = []
  sent = null
  lost = []
  fails = null
  answer = Promise.resolve()
  vi.stubGlobal('MediaStream', FakeStream)
  vi.stubGlobal(
    'AudioContext',
    class Context {
      createAnalyser = () => ({ getFloatTimeDomainData: () => undefined })
      createMediaStreamSource = () => ({ connect: () => undefined, disconnect: () => undefined })
      resume = () => Promise.resolve()
      suspend = () => Promise.resolve()
      close = () => Promise.resolve()
    },
  )
  const mediaDevices = Object.assign(new EventTarget(), {
    getUserMedia,
    getDisplayMedia: () => getUserMedia({ audio: {}, video: {} }),
    enumerateDevices: () => Promise.resolve([{ deviceId: 'm', kind: 'audioinput', label: 'Microphone' }]),
  })
  vi.stubGlobal('navigator', { mediaDevices, userActivation: { hasBeenActive: true } })
  local = new Local({
    changed: (tracks) => (sent = tracks),
    lost: (device, name) => lost.push([device, name]),
  })
})

afterEach(() => {
  local.stop()
})

const live = () => FakeTrack.all.filter(({ readyState }) => readyState === 'live').map(({ kind }) => kind)

describe('microphone and camera', () => {
  it('are opened together and shown', async () => {
    const starting = local.start()
    expect(local.asking).toBe(true)
    await starting
    expect(local.asking).toBe(false)
    expect([local.microphone, local.camera]).toEqual([true, true])
    expect(local.cameraStream).not.toBeNull()
    expect(local.devices.microphone).toEqual([{ id: 'm', label: 'Microphone' }])
    expect(sent?.microphone).not.toBeNull()
  })

  it('stay off when they were switched off before the answer came', async () => {
    const starting = local.start()
    void local.setCamera(false)
    void local.setMicrophone(false)
    await starting
    expect([local.microphone, local.camera]).toEqual([false, false])
    expect(live()).toEqual(['audio'])
    expect(FakeTrack.all.find(({ kind }) => kind === 'audio')?.enabled).toBe(false)
  })

  it('are switched: the microphone is silenced, the camera let go of', async () => {
    await local.start()
    await local.setMicrophone(false)
    await local.setCamera(false)
    expect([local.microphone, local.camera, local.cameraStream]).toEqual([false, false, null])
    expect(live()).toEqual(['audio'])
    expect(sent?.camera).toBeNull()
    await local.setMicrophone(true)
    await local.setCamera(true)
    expect([local.microphone, local.camera]).toEqual([true, true])
    expect(FakeTrack.all).toHaveLength(3)
  })

  it('are off with a reason when they cannot be opened, and work when asked again', async () => {
    fails = 'NotAllowedError'
    await local.start()
    expect([local.microphone, local.camera]).toEqual([false, false])
    expect(local.problems).toEqual({ microphone: 'blocked', camera: 'blocked' })
    fails = null
    await local.start()
    expect(local.problems).toEqual({})
    expect([local.microphone, local.camera]).toEqual([true, true])
  })

  it('are not left open by an answer that comes after the end', async () => {
    let give: () => void = () => undefined
    answer = new Promise((resolve) => (give = resolve))
    const starting = local.start()
    local.stop()
    give()
    await starting
    expect(live()).toEqual([])
  })
})

describe('choosing', () => {
  it('replaces the device and remembers it', async () => {
    await local.start()
    await local.choose('camera', 'c2')
    expect(live()).toEqual(['audio', 'video'])
    expect((sent?.camera as unknown as FakeTrack).label).toBe('c2')
    expect(JSON.parse(localStorage.getItem('vcc-devices') ?? '')).toMatchObject({ camera: 'c2' })
  })

  it('keeps a silenced microphone silent', async () => {
    await local.start()
    await local.setMicrophone(false)
    await local.choose('microphone', 'm2')
    expect(local.microphone).toBe(false)
    expect(sent?.microphone?.enabled).toBe(false)
  })

  it('does not open a camera that is off', async () => {
    await local.start()
    await local.setCamera(false)
    await local.choose('camera', 'c2')
    expect(live()).toEqual(['audio'])
    await local.setCamera(true)
    expect((sent?.camera as unknown as FakeTrack).label).toBe('c2')
  })

  it('needs no device for the speaker', async () => {
    await local.choose('speaker', 's2')
    expect(local.chosen.speaker).toBe('s2')
    expect(FakeTrack.all).toEqual([])
  })
})

describe('a device that goes away', () => {
  it('is replaced by the next one, and said', async () => {
    await local.start()
    await local.choose('microphone', 'headset')
    ;(sent?.microphone as unknown as FakeTrack).goes()
    await vi.waitFor(() => expect(lost).toEqual([['microphone', 'default']]))
    expect(local.microphone).toBe(true)
    expect(local.chosen.microphone).toBe('headset')
  })

  it('is off with a reason when there is no other', async () => {
    await local.start()
    fails = 'NotFoundError'
    ;(sent?.camera as unknown as FakeTrack).goes()
    await vi.waitFor(() => expect(lost).toEqual([['camera', null]]))
    expect([local.camera, local.cameraStream, local.problems.camera]).toEqual([false, null, 'missing'])
  })
})

describe('the screen', () => {
  it('is shared with its sound until the browser’s own bar ends it', async () => {
    expect(await local.shareScreen()).toBe(true)
    expect(sent?.screen?.contentHint).toBe('detail')
    expect(sent?.screenSound).not.toBeNull()
    ;(sent?.screen as unknown as FakeTrack).goes()
    expect(local.screenStream).toBeNull()
    expect([sent?.screen, sent?.screenSound]).toEqual([null, null])
    expect(live()).toEqual([])
  })

  it('is not shared when the picker is closed', async () => {
    fails = 'NotAllowedError'
    expect(await local.shareScreen()).toBe(false)
    expect(local.screenStream).toBeNull()
  })

  it('replaces the one that was shared', async () => {
    await local.shareScreen()
    await local.shareScreen()
    expect(live()).toEqual(['audio', 'video'])
  })

  it('ends with everything else', async () => {
    await local.start()
    await local.shareScreen()
    local.stop()
    expect(live()).toEqual([])
    expect(await local.shareScreen()).toBe(false)
    expect(live()).toEqual([])
  })
})
