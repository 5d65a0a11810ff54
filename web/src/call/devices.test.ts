import { afterEach, describe, expect, it, vi } from 'vitest'
import { listDevices, openDevice, openDevices, openScreen, problemOf } from './devices'

const DEFAULTS = { microphone: null, camera: null, speaker: null }
type Answer = Partial<Record<'both' | 'audio' | 'video', string>>

function named(name: string): Error {
  return Object.assign(new Error(name), { name })
}

/** A browser whose getUserMedia fails with the given error names. */
function browser(fails: Answer, permissions: Record<string, string> | null = null) {
  const asked: MediaStreamConstraints[] = []
  const track = (kind: string) => ({ kind })
  const getUserMedia = vi.fn((constraints: MediaStreamConstraints) => {
    asked.push(constraints)
    const { audio, video } = constraints
    const error = fails[audio && video ? 'both' : audio ? 'audio' : 'video']
    if (error) return Promise.reject(named(error))
    return Promise.resolve({
      getAudioTracks: () => (audio ? [track('audio')] : []),
      getVideoTracks: () => (video ? [track('video')] : []),
    })
  })
  vi.stubGlobal('navigator', {
    mediaDevices: {
      getUserMedia,
      getDisplayMedia: () => Promise.reject(named('NotAllowedError')),
      enumerateDevices: () =>
        Promise.resolve([
          { deviceId: 'm', kind: 'audioinput', label: 'Microphone' },
          { deviceId: '', kind: 'videoinput', label: '' },
          { deviceId: 's', kind: 'audiooutput', label: 'Speaker' },
        ]),
    },
    permissions: {
      query: ({ name }: { name: string }) =>
        permissions ? Promise.resolve({ state: permissions[name] }) : Promise.reject(new TypeError(name)),
    },
  })
  return asked
}

afterEach(() => {
  vi.unstubAllGlobals()
})

function has({ microphone, camera, problems }: Awaited<ReturnType<typeof openDevices>>) {
  return { microphone: microphone !== null, camera: camera !== null, problems }
}

describe('openDevices', () => {
  it('asks one question for both', async () => {
    const asked = browser({})
    expect(has(await openDevices(['microphone', 'camera'], DEFAULTS))).toEqual({
      microphone: true,
      camera: true,
      problems: {},
    })
    expect(asked).toHaveLength(1)
    expect(asked[0]).toMatchObject({ audio: { echoCancellation: true }, video: { height: { ideal: 720 } } })
  })

  it.each([
    ['no camera', { both: 'NotFoundError', video: 'NotFoundError' }, true, false, { camera: 'missing' }],
    ['no microphone', { both: 'NotFoundError', audio: 'NotFoundError' }, false, true, { microphone: 'missing' }],
    ['a busy camera', { both: 'NotReadableError', video: 'NotReadableError' }, true, false, { camera: 'busy' }],
    [
      'nothing at all',
      { both: 'NotFoundError', audio: 'NotFoundError', video: 'NotFoundError' },
      false,
      false,
      { microphone: 'missing', camera: 'missing' },
    ],
  ])('makes do with %s', async (_, fails, microphone, camera, problems) => {
    browser(fails)
    expect(has(await openDevices(['microphone', 'camera'], DEFAULTS))).toEqual({ microphone, camera, problems })
  })

  it('does not ask again who has said no', async () => {
    const asked = browser({ both: 'NotAllowedError' })
    const { problems } = await openDevices(['microphone', 'camera'], DEFAULTS)
    expect(problems).toEqual({ microphone: 'blocked', camera: 'blocked' })
    expect(asked).toHaveLength(1)
  })

  it('opens the one that is allowed when the other is refused for good', async () => {
    browser({ both: 'NotAllowedError' }, { microphone: 'granted', camera: 'denied' })
    expect(has(await openDevices(['microphone', 'camera'], DEFAULTS))).toEqual({
      microphone: true,
      camera: false,
      problems: { camera: 'blocked' },
    })
  })

  it('says insecure where the browser offers nothing', async () => {
    vi.stubGlobal('navigator', {})
    const { problems } = await openDevices(['microphone', 'camera'], DEFAULTS)
    expect(problems).toEqual({ microphone: 'insecure', camera: 'insecure' })
    expect((await openDevice('camera', DEFAULTS)).problems).toEqual({ camera: 'insecure' })
    expect(await listDevices()).toEqual({ microphone: [], camera: [], speaker: [] })
  })

  it('prefers a remembered device and insists on one that was just chosen', async () => {
    const asked = browser({})
    await openDevice('camera', { ...DEFAULTS, camera: 'c' })
    await openDevice('camera', { ...DEFAULTS, camera: 'c' }, true)
    expect(asked.map(({ video }) => (video as MediaTrackConstraints).deviceId)).toEqual([
      { ideal: 'c' },
      { exact: 'c' },
    ])
  })
})

describe('the rest', () => {
  it('lists only what can be chosen', async () => {
    browser({})
    expect(await listDevices()).toEqual({
      microphone: [{ id: 'm', label: 'Microphone' }],
      camera: [],
      speaker: [{ id: 's', label: 'Speaker' }],
    })
  })

  it('takes a closed picker for an answer', async () => {
    browser({})
    expect(await openScreen()).toBeNull()
  })

  it.each([
    ['NotAllowedError', 'blocked'],
    ['SecurityError', 'blocked'],
    ['NotFoundError', 'missing'],
    ['OverconstrainedError', 'missing'],
    ['NotReadableError', 'busy'],
    ['AbortError', 'busy'],
    ['TypeError', 'failed'],
  ])('%s is %s', (name, problem) => {
    expect(problemOf(named(name))).toBe(problem)
  })
})
