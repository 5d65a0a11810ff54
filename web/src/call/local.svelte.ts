import type { Media } from '../api/types'
import { noTracks, SLOTS, type Slot, type Tracks } from './connection'
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
  type Wish,
} from './devices'
import {
  changes,
  recallEffects,
  rememberEffects,
  startEffect,
  type Effect,
  type Effects,
  type EffectTrouble,
} from './effects/effect'
import { LEVEL_INTERVAL, LevelMeter } from './levels'
import { recallDevices, rememberDevices, type ChosenDevices } from './memory'
import type { Device, DeviceKind, DeviceProblem, LocalMedia } from './model'

/** What the call does about the devices. */
export interface LocalHandlers {
  /** Other tracks are to be sent, or something was switched on or off. */
  changed(tracks: Tracks): void
  /** A device went away by itself; `name` is the one that took its place. */
  lost(device: Source, name: string | null): void
  /** An effect was turned off, since it cannot go on. */
  dropped(device: Source, why: EffectTrouble): void
}

/** Who uses the devices while they are lent: the page of a server, which opens them itself. */
export interface Borrower {
  setMicrophone(on: boolean): void
  setCamera(on: boolean): void
  shareScreen(on: boolean): void
  /** `label` names the device: its id means something on our pages only. */
  choose(kind: DeviceKind, label: string): void
}

const NEITHER: Readonly<Record<Source, boolean>> = { microphone: false, camera: false }
const SOURCES: readonly Source[] = ['microphone', 'camera']
/** What browsers are told that a track shows or sounds like (W3C mst-content-hint): a face moves, a screen is read. */
const HINTS: Readonly<Record<Slot, string>> = {
  microphone: 'speech',
  camera: 'motion',
  screen: 'detail',
  screenSound: 'music',
}

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
  effects: Effects
  preparing = $state.raw(NEITHER)
  effectTroubles = $state.raw<Partial<Record<Source, EffectTrouble>>>({})
  readonly canShareScreen = canShareScreen()
  readonly canChooseSpeaker = canChooseSpeaker()
  readonly #on: LocalHandlers
  readonly #meter = new LevelMeter()
  readonly #over = new AbortController()
  #questions = $state(0)
  /** What is sent: what devices deliver, or what became of it. */
  #tracks = noTracks()
  /** What devices deliver. */
  #raw: Record<Source, MediaStreamTrack | null> = { microphone: null, camera: null }
  #running: Record<Source, Effect | null> = { microphone: null, camera: null }
  #borrower: Borrower | null = null
  #sharesElsewhere = $state(false)
  #wanted: Record<Source, boolean> = { microphone: true, camera: true }
  /** Counts what was asked of a device, so that an answer that comes late is known for one. */
  #turns: Record<Source, number> = { microphone: 0, camera: 0 }
  /** The same for effects. */
  #passes: Record<Source, number> = { microphone: 0, camera: 0 }
  #listening: ReturnType<typeof setInterval> | undefined

  constructor(handlers: LocalHandlers, effects = recallEffects()) {
    this.#on = handlers
    this.effects = $state.raw(effects)
    if (hasMediaDevices()) {
      const { signal } = this.#over
      navigator.mediaDevices.addEventListener('devicechange', () => void this.#list(), { signal })
    }
  }

  get asking(): boolean {
    return this.#questions > 0
  }

  get sharing(): boolean {
    return this.screenStream !== null || this.#sharesElsewhere
  }

  /** Lets go of every device for somebody else to open. What was on stays on: the buttons work on over there. */
  lend(borrower: Borrower): void {
    this.#borrower = borrower
    this.#wanted = { microphone: this.microphone, camera: this.camera }
    for (const source of SOURCES) this.#quit(source)
    stop(this.screenStream)
    this.#listen(null)
    this.cameraStream = this.screenStream = null
    this.#raw = { microphone: null, camera: null }
    this.#send(noTracks())
  }

  /** The devices are ours again, and open as far as they were on. */
  async takeBack(): Promise<void> {
    this.#borrower = null
    this.#sharesElsewhere = false
    await this.start()
  }

  /** Something was switched over there. */
  switched({ microphone, camera, screen }: Partial<Media>): void {
    this.microphone = this.#wanted.microphone = microphone ?? this.microphone
    this.camera = this.#wanted.camera = camera ?? this.camera
    this.#sharesElsewhere = screen ?? this.#sharesElsewhere
    this.#on.changed(this.#tracks)
  }

  async start(): Promise<void> {
    if (this.#borrower) return
    const missing = SOURCES.filter((source) => this.#wanted[source] && this.#raw[source] === null)
    if (missing.length > 0) await this.#open(missing, () => openDevices(missing, this.#wish()))
    await this.#list()
  }

  get voice(): MediaStreamTrack | null {
    return this.#tracks.microphone
  }

  async setMicrophone(on: boolean): Promise<void> {
    if (this.#borrower) {
      this.#borrower.setMicrophone(on)
      this.switched({ microphone: on })
      return
    }
    this.#wanted.microphone = on
    // Silent, and the device kept: switching on again is immediate.
    if (this.#raw.microphone || !on) this.#put('microphone', this.#tracks.microphone)
    else await this.#open(['microphone'], () => openDevice('microphone', this.#wish()))
  }

  async setCamera(on: boolean): Promise<void> {
    if (this.#borrower) {
      this.#borrower.setCamera(on)
      this.switched({ camera: on })
      return
    }
    this.#wanted.camera = on
    if (on && this.#raw.camera) return
    // The device is let go of: its light goes out.
    if (!on) this.#release('camera')
    else await this.#open(['camera'], () => openDevice('camera', this.#wish()))
  }

  async choose(kind: DeviceKind, id: string): Promise<void> {
    this.chosen = { ...this.chosen, [kind]: id }
    rememberDevices(this.chosen)
    if (this.#borrower) {
      const label = this.devices[kind].find((device) => device.id === id)?.label
      if (label !== undefined) this.#borrower.choose(kind, label)
      return
    }
    if (kind === 'speaker' || (kind === 'camera' && !this.#wanted.camera)) return
    await this.#reopen(kind)
  }

  async setEffects(change: Partial<Effects>): Promise<void> {
    const { quiet } = this.effects
    this.effects = { ...this.effects, ...change }
    rememberEffects(this.effects)
    if (change.background !== undefined) {
      this.effectTroubles = without(this.effectTroubles, 'camera')
      await this.#pass('camera')
    }
    if (change.quiet !== undefined && change.quiet !== quiet) {
      this.effectTroubles = without(this.effectTroubles, 'microphone')
      if (this.#raw.microphone) await this.#reopen('microphone')
    }
  }

  async shareScreen(): Promise<boolean> {
    if (this.#borrower) {
      this.#borrower.shareScreen(true)
      return true
    }
    const stream = await openScreen()
    const [screen] = stream?.getVideoTracks() ?? []
    if (!stream || !screen || this.#over.signal.aborted) {
      stop(stream)
      return false
    }
    stop(this.screenStream)
    // The browser's own bar has a button for it, too.
    screen.onended = () => this.stopScreen()
    this.screenStream = stream
    this.#send({ screen, screenSound: stream.getAudioTracks()[0] ?? null })
    return true
  }

  stopScreen(): void {
    this.#borrower?.shareScreen(false)
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
      this.#leave(source)
      this.#raw[source] = track
      // Until the effect is there nothing is sent: nobody is to see the room who was not meant to.
      if (track && changes(this.effects, source)) void this.#pass(source)
      else this.#put(source, track)
    }
    if (this.devices.microphone.length === 0 || this.devices.camera.length === 0) void this.#list()
  }

  /** The old one first: phones, and some browsers, cannot hold two of a kind. */
  async #reopen(source: Source): Promise<void> {
    this.#quit(source)
    await this.#open([source], async () => {
      const chosen = await openDevice(source, this.#wish(), true)
      return chosen[source] ? chosen : openDevice(source, this.#wish())
    })
  }

  #wish(): Wish {
    return { ...this.chosen, noisy: this.effects.quiet }
  }

  /** Sends what a device delivers as it is, or through what was chosen for it. */
  async #pass(source: Source): Promise<void> {
    const raw = this.#raw[source]
    if (!raw) return
    const pass = ++this.#passes[source]
    const running = this.#running[source]
    if (!changes(this.effects, source)) {
      this.#put(source, raw)
      this.#leave(source)
      return
    }
    this.preparing = { ...this.preparing, [source]: true }
    const failed = (why: EffectTrouble) => void this.#drop(source, why)
    try {
      if (running?.change) await running.change(this.effects.background)
      else {
        const effect = await startEffect(source, raw, this.effects, failed)
        if (pass !== this.#passes[source]) {
          effect.stop()
          return
        }
        this.#running[source] = effect
        this.#put(source, effect.track)
      }
    } catch (why) {
      if (pass === this.#passes[source]) failed(why === 'slow' ? why : 'failed')
    }
    if (pass === this.#passes[source]) this.preparing = { ...this.preparing, [source]: false }
  }

  /** No more of an effect that runs or is on its way. */
  #leave(source: Source): void {
    this.#passes[source]++
    this.preparing = { ...this.preparing, [source]: false }
    this.#running[source]?.stop()
    this.#running[source] = null
  }

  /** For this meeting: the next one tries again. */
  async #drop(source: Source, why: EffectTrouble): Promise<void> {
    this.effects = { ...this.effects, ...(source === 'camera' ? { background: 'none' } : { quiet: false }) }
    this.effectTroubles = { ...this.effectTroubles, [source]: why }
    this.#on.dropped(source, why)
    if (source === 'camera') await this.#pass(source)
    else if (this.#raw.microphone) await this.#reopen(source)
  }

  /** Puts a track, or none, into place, switched on or off as it is wanted. */
  #put(source: Source, track: MediaStreamTrack | null): void {
    const raw = this.#raw[source]
    const on = this.#wanted[source] && track !== null
    if (track) track.enabled = on
    if (raw) {
      raw.enabled = on
      raw.onended = () => void this.#lost(source)
    }
    this[source] = on
    if (source === 'camera') this.cameraStream = track && new MediaStream([track])
    else this.#listen(on ? track : null)
    this.#send({ [source]: track })
  }

  #send(tracks: Partial<Tracks>): void {
    this.#tracks = { ...this.#tracks, ...tracks }
    for (const slot of SLOTS) {
      const track = this.#tracks[slot]
      if (track) track.contentHint = HINTS[slot]
    }
    this.#on.changed(this.#tracks)
  }

  /** Lets go of a device without telling: another one takes its place. */
  #quit(source: Source): void {
    this.#turns[source]++
    this.#leave(source)
    const raw = this.#raw[source]
    if (!raw) return
    raw.onended = null
    raw.stop()
  }

  #release(source: Source): void {
    this.#quit(source)
    this.#raw[source] = null
    this.#put(source, null)
  }

  /** Unplugged, or the permission was taken back. */
  async #lost(source: Source): Promise<void> {
    await this.#open([source], () => openDevice(source, { ...this.#wish(), [source]: null }))
    this.#on.lost(source, this.#raw[source]?.label ?? null)
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

function without<Kept>(all: Partial<Record<DeviceKind, Kept>>, kind: DeviceKind): Partial<Record<DeviceKind, Kept>> {
  return Object.fromEntries(Object.entries(all).filter(([name]) => name !== kind))
}
