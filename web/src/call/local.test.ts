import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Tracks } from './connection'
import type { EffectTrouble } from './effects/effect'
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

/** Effects that run, and how they are told that they cannot go on. Rejects while `unavailable`. */
const effects = {
  running: [] as { background: string; fail: (why: EffectTrouble) => void; through: unknown }[],
  unavailable: false,
  there: Promise.resolve(),
  start: async (through: MediaStreamTrack, background: string, fail: (why: EffectTrouble) => void) => {
    await effects.there
    if (effects.unavailable) throw new Error('not there')
    const one = { background, fail, through }
    effects.running.push(one)
    const track = new FakeTrack(through.kind, 'changed')
    return {
      track,
      change: (other: string) => Promise.resolve().then(() => void (one.background = other)),
      stop() {
        track.stop()
        effects.running = effects.running.filter((other) => other !== one)
      },
    }
  },
}
vi.mock('./effects/background', () => ({ replaceBackground: effects.start }))
vi.mock('./effects/noise', () => ({
  suppressNoise: (raw: MediaStreamTrack, fail: (why: EffectTrouble) => void) => effects.start(raw, 'quiet', fail),
}))

let local: Local
let sent: Tracks | null
let lost: [string, string | null][]
let dropped: [string, string][]
let fails: string | null
let answer: Promise<void>
let asked: MediaStreamConstraints[]

function label(constraints: MediaTrackConstraints): string {
  const id = constraints.deviceId as { exact?: string; ideal?: string } | undefined
  return id?.exact ?? id?.ideal ?? 'default'
}

async function getUserMedia({ audio = false, video = false }: MediaStreamConstraints): Promise<FakeStream> {
  asked.push({ audio, video })
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
  dropped = []
  fails = null
  asked = []
  Object.assign(effects, { running: [], unavailable: false, there: Promise.resolve() })
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
    dropped: (device, why) => dropped.push([device, why]),
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
    expect(sent?.microphone?.contentHint).toBe('speech')
    expect(sent?.camera?.contentHint).toBe('motion')
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

describe('effects', () => {
  const runs = () => effects.running.map(({ background }) => background)
  const sends = () => [sent?.microphone?.label, sent?.camera?.label]

  it('change what is sent, one into another without a gap, and leave nothing behind', async () => {
    await local.start()
    await local.setEffects({ background: 'light' })
    expect([sends(), runs()]).toEqual([['default', 'changed'], ['light']])
    const { camera } = sent ?? {}
    await local.setEffects({ background: 'hills' })
    expect(runs()).toEqual(['hills'])
    expect(sent?.camera).toBe(camera)

    await local.setEffects({ background: 'none' })
    expect([sends(), runs()]).toEqual([['default', 'default'], []])
    expect(local.camera).toBe(true)
  })

  it('are there at the next meeting before anything is seen', async () => {
    await local.setEffects({ background: 'strong', quiet: true })
    let arrive: () => void = () => undefined
    effects.there = new Promise((resolve) => (arrive = resolve))
    const next = new Local({ changed: (tracks) => (sent = tracks), lost: () => undefined, dropped: () => undefined })
    await next.start()
    expect(sends()).toEqual([undefined, undefined])
    expect(next.preparing).toEqual({ microphone: true, camera: true })

    arrive()
    await vi.waitFor(() => expect(sends()).toEqual(['changed', 'changed']))
    expect(next.preparing).toEqual({ microphone: false, camera: false })
    next.stop()
    expect([runs(), live()]).toEqual([[], []])
  })

  it('follow another camera, and end with the camera', async () => {
    await local.start()
    await local.setEffects({ background: 'light' })
    await local.choose('camera', 'other')
    await vi.waitFor(() => expect(runs()).toEqual(['light']))
    expect(effects.running[0]?.through).toMatchObject({ label: 'other', readyState: 'live' })

    await local.setCamera(false)
    expect([runs(), live()]).toEqual([[], ['audio']])
    await local.setCamera(true)
    await vi.waitFor(() => expect(sends()).toEqual(['default', 'changed']))
  })

  it('that cannot be had are said, and the picture is sent as it is', async () => {
    await local.start()
    effects.unavailable = true
    await local.setEffects({ background: 'light' })
    expect(sends()).toEqual(['default', 'default'])
    expect(dropped).toEqual([['camera', 'failed']])
    expect([local.effects.background, local.effectTroubles]).toEqual(['none', { camera: 'failed' }])
  })

  it('that are too slow are turned off for this meeting', async () => {
    await local.start()
    await local.setEffects({ background: 'light' })
    effects.running[0]?.fail('slow')
    expect([sends(), runs()]).toEqual([['default', 'default'], []])
    expect(dropped).toEqual([['camera', 'slow']])
    expect(JSON.parse(localStorage.getItem('vcc-effects') ?? '{}')).toMatchObject({ background: 'light' })
  })

  it('on the voice take the place of the filter of the browser, and give it back', async () => {
    const filters = () => asked.map(({ audio }) => (audio as MediaTrackConstraints).noiseSuppression)
    await local.start()
    await local.setMicrophone(false)
    await local.setEffects({ quiet: true })
    await vi.waitFor(() => expect(sends()).toEqual(['changed', 'default']))
    expect(sent?.microphone?.enabled).toBe(false)
    await local.setMicrophone(true)
    expect(sent?.microphone?.enabled).toBe(true)
    expect(filters()).toEqual([true, false])

    effects.running[0]?.fail('failed')
    await vi.waitFor(() => expect(sends()).toEqual(['default', 'default']))
    expect(filters()).toEqual([true, false, true])
    expect(runs()).toEqual([])
  })
})
