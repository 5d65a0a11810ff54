/** Microphones, cameras, speakers and screens, as plain functions over the browser's own. */
import type { ChosenDevices } from './memory'
import type { Device, DeviceKind, DeviceProblem } from './model'

/** What getUserMedia opens. */
export type Source = 'microphone' | 'camera'

/** Which devices are wanted, and how. */
export interface Wish extends ChosenDevices {
  /** The voice is wanted with its noise: something better than the browser takes it out. */
  noisy?: boolean
}

/** What could be opened, and why the rest could not. */
export interface Opened {
  microphone: MediaStreamTrack | null
  camera: MediaStreamTrack | null
  problems: Partial<Record<Source, DeviceProblem>>
}

const KINDS: Record<MediaDeviceKind, DeviceKind> = {
  audioinput: 'microphone',
  videoinput: 'camera',
  audiooutput: 'speaker',
}
const SOURCES: readonly Source[] = ['microphone', 'camera']
const SCREEN_FRAME_RATE = 20

/** Missing where the page was not loaded securely (W3C mediacapture-main, section 9.1), whatever the types say. */
export function hasMediaDevices(): boolean {
  return (navigator.mediaDevices as MediaDevices | undefined) !== undefined
}

/** Why a device could not be opened (W3C mediacapture-main, section 10.2). */
export function problemOf(error: unknown): DeviceProblem {
  switch (error instanceof Error ? error.name : '') {
    case 'NotAllowedError':
    case 'SecurityError':
      return 'blocked'
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'missing'
    case 'NotReadableError':
    case 'AbortError':
      return 'busy'
    default:
      return 'failed'
  }
}

/**
 * Opens microphone and camera with one question, and what can be opened of them when not both can. Never throws.
 * `wanted` names what to ask for.
 */
export async function openDevices(wanted: readonly Source[], chosen: Wish): Promise<Opened> {
  if (!hasMediaDevices()) return failed(wanted, 'insecure')
  try {
    return opened(await navigator.mediaDevices.getUserMedia(constraints(wanted, chosen)))
  } catch (error) {
    const problem = problemOf(error)
    if (wanted.length < 2) return failed(wanted, problem)
    // Who has just said no is not asked again; only where one of the two was refused for good is the other tried.
    if (problem === 'blocked') return openPermitted(chosen)
    return openEach(SOURCES, chosen)
  }
}

/** Opens one device; `exact` insists on the chosen one. Null with the problem when it cannot be opened. */
export async function openDevice(source: Source, chosen: Wish, exact = false): Promise<Opened> {
  if (!hasMediaDevices()) return failed([source], 'insecure')
  try {
    return opened(await navigator.mediaDevices.getUserMedia(constraints([source], chosen, exact)))
  } catch (error) {
    return failed([source], problemOf(error))
  }
}

/** Devices by kind. Labels and most ids are empty until a permission was given; such entries are left out. */
export async function listDevices(): Promise<Record<DeviceKind, Device[]>> {
  const devices: Record<DeviceKind, Device[]> = { microphone: [], camera: [], speaker: [] }
  if (!hasMediaDevices()) return devices
  for (const { deviceId, kind, label } of await navigator.mediaDevices.enumerateDevices()) {
    if (deviceId !== '') devices[KINDS[kind]].push({ id: deviceId, label })
  }
  return devices
}

/** Opens what the person picks to share; null when they picked nothing. */
export async function openScreen(): Promise<MediaStream | null> {
  try {
    return await navigator.mediaDevices.getDisplayMedia({
      video: { frameRate: { ideal: SCREEN_FRAME_RATE } },
      // The sound of a tab is music and voices already: nothing is to be cleaned from it.
      audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false },
    })
  } catch {
    return null
  }
}

/** Phones cannot. */
export function canShareScreen(): boolean {
  return hasMediaDevices() && 'getDisplayMedia' in navigator.mediaDevices
}

/** Safari cannot. */
export function canChooseSpeaker(): boolean {
  return 'setSinkId' in HTMLMediaElement.prototype
}

function constraints(sources: readonly Source[], chosen: Wish, exact = false): MediaStreamConstraints {
  const device = (id: string | null) => (id === null ? {} : { deviceId: exact ? { exact: id } : { ideal: id } })
  return {
    audio: sources.includes('microphone') && {
      ...device(chosen.microphone),
      echoCancellation: true,
      noiseSuppression: chosen.noisy !== true,
      autoGainControl: true,
    },
    video: sources.includes('camera') && {
      ...device(chosen.camera),
      ...(chosen.camera === null && { facingMode: 'user' }),
      width: { ideal: 1280 },
      height: { ideal: 720 },
      frameRate: { ideal: 30 },
    },
  }
}

async function openPermitted(chosen: Wish): Promise<Opened> {
  const states = await Promise.all(SOURCES.map((source) => permission(source)))
  const granted = SOURCES.filter((_, index) => states[index] === 'granted')
  const rest = SOURCES.filter((source) => !granted.includes(source))
  return merge(await openEach(granted, chosen), failed(rest, 'blocked'))
}

async function openEach(sources: readonly Source[], chosen: Wish): Promise<Opened> {
  const each = await Promise.all(sources.map((source) => openDevice(source, chosen)))
  return each.reduce(merge, failed([], 'failed'))
}

/** Null where the browser does not tell. */
async function permission(source: Source): Promise<PermissionState | null> {
  try {
    return (await navigator.permissions.query({ name: source })).state
  } catch {
    return null
  }
}

function opened(stream: MediaStream): Opened {
  const [microphone = null] = stream.getAudioTracks()
  const [camera = null] = stream.getVideoTracks()
  return { microphone, camera, problems: {} }
}

function failed(sources: readonly Source[], problem: DeviceProblem): Opened {
  return {
    microphone: null,
    camera: null,
    problems: Object.fromEntries(sources.map((source) => [source, problem])),
  }
}

function merge(one: Opened, other: Opened): Opened {
  return {
    microphone: one.microphone ?? other.microphone,
    camera: one.camera ?? other.camera,
    problems: { ...one.problems, ...other.problems },
  }
}
