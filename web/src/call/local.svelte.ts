import { noTracks, type Tracks } from './connection'
import {
  canChooseSpeaker,
  canShareScreen,
  hasMediaDevices,
  listDevices,
  openDevice,
  openDevices,
  openScreen,
  type Opened,
  type Source,
} from './devices'
import { LEVEL_INTERVAL, LevelMeter } from './levels'
import { recallDevices, rememberDevices, type ChosenDevices } from './memory'
import type { Device, DeviceKind, DeviceProblem, LocalMedia } from './model'

/** What the call does about the devices. */
export interface LocalHandlers {
  /** Other tracks are to be sent, or something was switched on or off. */
  changed(tracks: Tracks): void
  /** A device went away by itself; `name` is the one that took its place. */
  lost(device: Source, name: string | null): void
}

const SOURCES: readonly Source[] = ['microphone', 'camera']

/** The person's own devices; see `LocalMedia` for what the interface may rely on. */
export class Local implements LocalMedia {
  devices = $state.raw<Record<DeviceKind, Device[]>>({ microphone: [], camera: [], speaker: [] })
  chosen = $state.raw<ChosenDevices>(recallDevices())
  microphone = $state(false)
  camera = $state(false)
  problems = $state.raw<Partial<Record<DeviceKind, DeviceProblem>>>({})
  cameraStream = $state.raw<MediaStream | null>(null)
  screenStream = $state.raw<MediaStream | null>(null)
  level = $state(0)
  readonly canShareScreen = canShareScreen()
  readonly canChooseSpeaker = canChooseSpeaker()
  readonly #on: LocalHandlers
  readonly #meter = new LevelMeter()
  readonly #over = new AbortController()
  #questions = $state(0)
  #tracks = noTracks()
  #wanted: Record<Source, boolean> = { microphone: true, camera: true }
  /** Counts what was asked of a device, so that an answer that comes late is known for one. */
  #turns: Record<Source, number> = { microphone: 0, camera: 0 }
  #listening: ReturnType<typeof setInterval> | undefined

  constructor(handlers: LocalHandlers) {
    this.#on = handlers
    if (hasMediaDevices()) {
      const { signal } = this.#over
      navigator.mediaDevices.addEventListener('devicechange', () => void this.#list(), { signal })
    }
  }

  get asking(): boolean {
    return this.#questions > 0
  }

  async start(): Promise<void> {
    const missing = SOURCES.filter((source) => this.#wanted[source] && this.#tracks[source] === null)
    if (missing.length > 0) await this.#open(missing, () => openDevices(missing, this.chosen))
    await this.#list()
  }

  async setMicrophone(on: boolean): Promise<void> {
    this.#wanted.microphone = on
    // Silent, and the device kept: switching on again is immediate.
    if (this.#tracks.microphone || !on) this.#put('microphone', this.#tracks.microphone)
    else await this.#open(['microphone'], () => openDevice('microphone', this.chosen))
  }

  async setCamera(on: boolean): Promise<void> {
    this.#wanted.camera = on
    if (on && this.#tracks.camera) return
    // The device is let go of: its light goes out.
    if (!on) this.#release('camera')
    else await this.#open(['camera'], () => openDevice('camera', this.chosen))
  }

  async choose(kind: DeviceKind, id: string): Promise<void> {
    this.chosen = { ...this.chosen, [kind]: id }
    rememberDevices(this.chosen)
    if (kind === 'speaker' || (kind === 'camera' && !this.#wanted.camera)) return
    // The old one first: phones, and some browsers, cannot hold two of a kind.
    this.#quit(kind)
    await this.#open([kind], async () => {
      const chosen = await openDevice(kind, this.chosen, true)
      return chosen[kind] ? chosen : openDevice(kind, this.chosen)
    })
  }

  async shareScreen(): Promise<boolean> {
    const stream = await openScreen()
    const [screen] = stream?.getVideoTracks() ?? []
    if (!stream || !screen || this.#over.signal.aborted) {
      stop(stream)
      return false
    }
    stop(this.screenStream)
    screen.contentHint = 'detail'
    // The browser's own bar has a button for it, too.
    screen.onended = () => this.stopScreen()
    this.screenStream = stream
    this.#send({ screen, screenSound: stream.getAudioTracks()[0] ?? null })
    return true
  }

  stopScreen(): void {
    if (!this.screenStream) return
    stop(this.screenStream)
    this.screenStream = null
    this.#send({ screen: null, screenSound: null })
  }

  stop(): void {
    this.#over.abort()
    clearInterval(this.#listening)
    this.#meter.close()
    this.stopScreen()
    for (const source of SOURCES) this.#release(source)
  }

  async #open(sources: readonly Source[], ask: () => Promise<Opened>): Promise<void> {
    const turns = sources.map((source) => ++this.#turns[source])
    this.#questions++
    const opened = await ask()
    this.#questions--
    for (const [index, source] of sources.entries()) {
      const track = opened[source]
      const late = this.#turns[source] !== turns[index] || this.#over.signal.aborted
      const unwanted = source === 'camera' && !this.#wanted.camera
      if (late || unwanted) {
        track?.stop()
        continue
      }
      this.problems = without(this.problems, source)
      const problem = opened.problems[source]
      if (problem) this.problems = { ...this.problems, [source]: problem }
      this.#put(source, track)
    }
    if (this.devices.microphone.length === 0 || this.devices.camera.length === 0) void this.#list()
  }

  /** Puts a track, or none, into place, switched on or off as it is wanted. */
  #put(source: Source, track: MediaStreamTrack | null): void {
    const on = this.#wanted[source] && track !== null
    if (track) {
      track.enabled = on
      track.onended = () => void this.#lost(source)
    }
    this[source] = on
    if (source === 'camera') this.cameraStream = track && new MediaStream([track])
    else this.#listen(on ? track : null)
    this.#send({ [source]: track })
  }

  #send(tracks: Partial<Tracks>): void {
    this.#tracks = { ...this.#tracks, ...tracks }
    this.#on.changed(this.#tracks)
  }

  /** Lets go of a device without telling: another one takes its place. */
  #quit(source: Source): void {
    this.#turns[source]++
    const track = this.#tracks[source]
    if (!track) return
    track.onended = null
    track.stop()
  }

  #release(source: Source): void {
    this.#quit(source)
    this.#put(source, null)
  }

  /** Unplugged, or the permission was taken back. */
  async #lost(source: Source): Promise<void> {
    await this.#open([source], () => openDevice(source, { ...this.chosen, [source]: null }))
    this.#on.lost(source, this.#tracks[source]?.label ?? null)
  }

  #listen(track: MediaStreamTrack | null): void {
    clearInterval(this.#listening)
    this.#meter.connect(track)
    this.level = 0
    if (track) this.#listening = setInterval(() => (this.level = this.#meter.read()), LEVEL_INTERVAL)
  }

  async #list(): Promise<void> {
    this.devices = await listDevices()
    for (const source of SOURCES) {
      if (this.problems[source] === 'missing' && this.devices[source].length > 0) {
        this.problems = without(this.problems, source)
      }
    }
  }
}

function stop(stream: MediaStream | null): void {
  for (const track of stream?.getTracks() ?? []) track.stop()
}

function without(problems: Local['problems'], kind: DeviceKind): Local['problems'] {
  return Object.fromEntries(Object.entries(problems).filter(([name]) => name !== kind))
}
