/**
 * One visit to one room on a Jitsi server: the page in the frame, what it is asked to do, and whether people really get
 * in. It reports; what follows from that is decided elsewhere (docs/protocol.md, "On a server of the pool").
 */
import type { EngineFailed, Media } from '../../api/types'
import { ChatInlet } from '../chat'
import { addressOf, originOf, scopeOf, type Entry } from './address'
import { Wire, type PageEvent } from './wire'

/** Why it does not work. */
export type Reason = EngineFailed['reason']

/** What is done about what happens there. */
export interface ConferenceHandlers {
  /** The page has loaded, or has loaded itself again. */
  ready(): void
  /** The page asks the person something. */
  asks(): void
  joined(): void
  /** It is over: the frame has to go, before the page loads itself again. */
  failed(reason: Reason, error: string | null): void
  /** Something went wrong that the page may still get over. */
  troubled(reason: Reason, error: string): void
  /** Nothing is wrong with the server: the same once more (the computer slept). */
  again(): void
  /** What one sends changed over there. */
  sends(change: Partial<Media>): void
  chat(from: string, name: string, text: string): void
}

/** Milliseconds. A first visit loads about 1.7 MB; once all is loaded, a page that can be embedded speaks at once. */
const MOST_LOADING = 30_000
const MOST_SILENCE = 8_000
const MOST_JOINING = 20_000
/** Time for a person to answer what the page asks, although it was told not to. */
const MOST_ASKING = 120_000
/** Between leaving and speaking again, of a page that loads itself again. */
const MOST_AWAY = 15_000
/** A password that is wrong so often is not the one of this room. */
const MOST_PASSWORDS = 3
/** Devices start one after the other: what the page says of them meanwhile is nobody's wish. */
const SETTLING = 2_000
const MOST_ERROR = 200

/** Only who is in hears of these: servers differ in which they send, so any of them will do. */
const SIGNS_OF_BEING_IN: ReadonlySet<string> = new Set([
  'video-conference-joined',
  'conference-joined',
  'conference-created-timestamp',
])

/**
 * Errors of lib-jitsi-meet by which a server says that it keeps people out by itself, and what it wants. Who may not make
 * a room there (`notAllowed`) may after a login.
 */
const REFUSALS: readonly [RegExp, Reason][] = [
  [/authenticationRequired|connection\.passwordRequired|notAllowed|not-allowed/u, 'login'],
  [/membersOnly|accessDenied/u, 'lobby'],
  [/conference\.password/u, 'password'],
]

let conferences = 0

/** See the head of this file. */
export class Conference {
  readonly address: string
  readonly #entry: Entry
  readonly #password: string
  readonly #on: ConferenceHandlers
  readonly #scope: string
  readonly #inlets = new Map<string, ChatInlet>()
  #wire: Wire | null = null
  #ready = false
  #joined = false
  #over = false
  /** One's own id over there. */
  #id: string | null = null
  #saidReady = false
  #left = false
  #passwords = 0
  /** What the server itself wants, as far as the page has said: why one is not in when time is up. */
  #refusal: Reason | null = null
  /** Who leads over there: one is told of oneself before or after one is in. */
  readonly #leaders = new Set<unknown>()
  #joinedAt = 0
  #settled = false
  #settling: ReturnType<typeof setTimeout> | undefined
  #deadline: ReturnType<typeof setTimeout> | undefined
  /** What the page sends; null until it has said so. */
  readonly #sends: Record<keyof Media, boolean | null> = { microphone: null, camera: null, screen: false }
  readonly #wanted: { microphone: boolean; camera: boolean; hand: boolean }
  #hand = false

  constructor(entry: Entry & { password: string; hand: boolean }, handlers: ConferenceHandlers) {
    const id = ++conferences
    this.#entry = entry
    this.#password = entry.password
    this.#on = handlers
    this.#scope = scopeOf(id)
    this.#wanted = { microphone: entry.microphone, camera: entry.camera, hand: entry.hand }
    this.address = addressOf(entry, id)
  }

  /** The frame is on the page, with `address`. */
  attach(frame: HTMLIFrameElement): void {
    this.#wire = new Wire(frame, originOf(this.#entry.server), this.#scope, {
      alive: (greets) => this.#alive(greets),
      event: (event) => this.#hear(event),
    })
    this.#expect('no_ready', MOST_LOADING)
    // A page that refuses to be embedded "loads" as well, and says nothing.
    frame.addEventListener('load', () => !this.#ready && this.#expect('no_ready', MOST_SILENCE), { once: true })
  }

  /** The frame goes; nothing is heard any more. */
  close(): void {
    if (this.#joined) this.#wire?.command('video-hangup')
    this.#over = true
    clearTimeout(this.#deadline)
    clearTimeout(this.#settling)
    this.#wire?.close()
    this.#wire = null
  }

  setMicrophone(on: boolean): void {
    this.#wanted.microphone = on
    this.#bring('microphone')
  }

  setCamera(on: boolean): void {
    this.#wanted.camera = on
    this.#bring('camera')
  }

  raiseHand(raised: boolean): void {
    this.#wanted.hand = raised
    if (!this.#joined || this.#hand === raised) return
    this.#hand = raised
    this.#wire?.command('toggle-raise-hand')
  }

  /** The page opens the browser's picker; whether somebody shares shows in `sends`. */
  shareScreen(on: boolean): void {
    if (this.#joined && this.#sends.screen !== on) this.#wire?.command('toggle-share-screen')
  }

  showTiles(tiles: boolean): void {
    if (this.#joined) this.#wire?.command('set-tile-view', tiles)
  }

  /** A device by its label: ids mean nothing in another origin. */
  choose(kind: 'audioinput' | 'videoinput' | 'audiooutput', label: string): void {
    if (this.#joined) void this.#wire?.ask('setDevice', { type: 'devices', device: { kind, label } })
  }

  /** False when nobody could be reached. */
  sendChat(text: string): boolean {
    if (!this.#joined) return false
    this.#wire?.command('send-chat-message', text, '', true)
    return true
  }

  // --- what the page says ---

  #alive(greets: boolean): void {
    if (this.#over) return
    // Whoever left and looks for us again has loaded itself again, also where the event for it has another name.
    if (greets && this.#left) this.#reloaded()
    if (this.#ready) return
    this.#ready = true
    this.#expect('not_joined', MOST_JOINING)
    this.#on.ready()
  }

  #hear(event: PageEvent): void {
    if (this.#over) return
    if (SIGNS_OF_BEING_IN.has(event.name)) this.#enter(event)
    switch (event.name) {
      case 'ready':
        // Said once more, it has loaded itself again.
        if (this.#saidReady) this.#reloaded()
        this.#saidReady = true
        break
      case 'video-conference-left':
        // No hang-up: a page that loads itself again says this first.
        if (this.#joined) this.#leave()
        break
      case 'ready-to-close':
        this.#fail('closed', null)
        break
      case 'participant-kicked-out':
        if (isLocal(event['kicked'], this.#id)) this.#fail('closed', 'kicked')
        break
      case 'suspend-detected':
        this.close()
        this.#on.again()
        break
      case 'error-occurred':
        this.#wentWrong(event['error'])
        break
      case 'password-required':
        if (++this.#passwords > MOST_PASSWORDS) {
          this.#fail('password', null)
          break
        }
        this.#expect('not_joined', MOST_JOINING)
        this.#wire?.command('password', this.#password)
        break
      case 'prejoin-screen-loaded':
      case 'local-knocking':
        if (this.#joined) break
        if (event.name === 'local-knocking') this.#refusal = 'lobby'
        this.#expect('not_joined', MOST_ASKING)
        this.#on.asks()
        break
      case 'participant-role-changed':
        if (event['role'] === 'moderator') this.#leaders.add(event['id'])
        this.#lock()
        break
      case 'audio-mute-status-changed':
        this.#is('microphone', event['muted'] === false)
        break
      case 'video-mute-status-changed':
        this.#is('camera', event['muted'] === false)
        break
      case 'screen-sharing-status-changed':
        this.#is('screen', event['on'] === true)
        break
      case 'raise-hand-updated':
        if (event['id'] === this.#id) this.#hand = Boolean(event['handRaised'])
        break
      case 'mic-error':
        this.#cannot('microphone')
        break
      case 'camera-error':
        this.#cannot('camera')
        break
      case 'incoming-message':
        this.#read(event)
    }
  }

  #enter(event: PageEvent): void {
    if (typeof event['id'] === 'string' && event.name.endsWith('conference-joined')) this.#id = event['id']
    this.#lock()
    if (this.#joined) return
    this.#joined = true
    this.#left = false
    this.#refusal = null
    this.#joinedAt = Date.now()
    clearTimeout(this.#deadline)
    this.#on.joined()
    if (this.#wanted.hand) this.raiseHand(true)
    this.#settling = setTimeout(() => {
      this.#settled = true
      void this.#compare('microphone', 'is-audio-muted')
      void this.#compare('camera', 'is-video-muted')
    }, SETTLING)
  }

  /** Who may set the password does: whoever knows the room's name still does not come in around our lobby. */
  #lock(): void {
    if (this.#id !== null && this.#leaders.delete(this.#id)) this.#wire?.command('password', this.#password)
  }

  /** Out of the room, and nothing is known of it any more. */
  #leave(): void {
    this.#joined = this.#settled = this.#hand = false
    this.#left = true
    this.#leaders.clear()
    this.#id = null
    clearTimeout(this.#settling)
    Object.assign(this.#sends, { microphone: null, camera: null })
    if (this.#sends.screen) this.#is('screen', false)
    this.#expect('closed', MOST_AWAY)
  }

  #reloaded(): void {
    if (this.#joined) this.#leave()
    this.#left = false
    this.#passwords = 0
    this.#expect('not_joined', MOST_JOINING)
    this.#on.ready()
  }

  #wentWrong(error: unknown): void {
    const { type, name, message, isFatal } = (error ?? {}) as Record<string, unknown>
    const words = [type, name ?? message].filter((word) => typeof word === 'string').join(' ')
    const text = (words || 'error').slice(0, MOST_ERROR)
    // Older servers do not say whether it is fatal.
    const refusal = REFUSALS.find(([pattern]) => pattern.test(text))?.[1] ?? null
    if (isFatal !== false) this.#fail(refusal ?? 'error', text)
    else {
      if (!this.#joined) this.#refusal = refusal ?? this.#refusal
      this.#on.troubled(refusal ?? 'error', text)
    }
  }

  #read(event: PageEvent): void {
    const { from, nick, message, stamp, privateMessage } = event
    if (typeof from !== 'string' || from === this.#id || privateMessage === true) return
    // What was written before one came is not ours to read, as everywhere else.
    if (stamp !== undefined && stamp !== null && new Date(stamp as string).getTime() < this.#joinedAt) return
    const inlet = this.#inlets.get(from) ?? new ChatInlet()
    this.#inlets.set(from, inlet)
    const said = inlet.read(JSON.stringify({ text: message }), Date.now())
    if (said !== null) this.#on.chat(from, typeof nick === 'string' ? nick.slice(0, 60) : '', said.text)
  }

  // --- what one sends ---

  /** How it is over there; what is wanted is brought about once one is in. */
  async #compare(kind: 'microphone' | 'camera', question: string): Promise<void> {
    const muted = await this.#wire?.ask(question)
    if (typeof muted === 'boolean') this.#sends[kind] = !muted
    this.#bring(kind)
  }

  #bring(kind: 'microphone' | 'camera'): void {
    const is = this.#sends[kind]
    if (!this.#joined || is === null || is === this.#wanted[kind]) return
    // On its way: what the page says next is the answer.
    this.#sends[kind] = this.#wanted[kind]
    this.#wire?.command(kind === 'microphone' ? 'toggle-audio' : 'toggle-video')
  }

  #is(kind: keyof Media, on: boolean): void {
    this.#sends[kind] = on
    if (!this.#settled && kind !== 'screen') return
    if (kind !== 'screen') this.#wanted[kind] = on
    this.#on.sends({ [kind]: on })
  }

  #cannot(kind: 'microphone' | 'camera'): void {
    this.#sends[kind] = false
    this.#wanted[kind] = false
    this.#on.sends({ [kind]: false })
  }

  #expect(reason: Reason, milliseconds: number): void {
    clearTimeout(this.#deadline)
    this.#deadline = setTimeout(() => {
      this.#fail(reason === 'not_joined' ? (this.#refusal ?? reason) : reason, null)
    }, milliseconds)
  }

  #fail(reason: Reason, error: string | null): void {
    if (this.#over) return
    this.close()
    this.#on.failed(reason, error)
  }
}

function isLocal(kicked: unknown, own: string | null): boolean {
  const { id, local } = (kicked ?? {}) as { id?: unknown; local?: unknown }
  return local === true || (own !== null && id === own)
}
