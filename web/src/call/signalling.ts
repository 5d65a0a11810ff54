/**
 * The live socket: opened before it is needed, kept alive, and replaced without a word when it breaks. It hands on the
 * server's messages in the order of their numbers, and asks for a new snapshot when one is missing (docs/protocol.md).
 */
import type { ClientMessage, Join, Refused, ServerMessage } from '../api/types'

/** What reaches the call; bookkeeping stays here. */
export type CallMessage = Exclude<ServerMessage, { type: 'alive' | 'tick' | 'refused' }>

/** What the call does about what the server says. */
export interface SignallingHandlers {
  message(message: CallMessage): void
  /** `joining`: the answer to `join`, which has to be sent anew; otherwise to something that a host did. */
  refused(refusal: Refused, joining: boolean): void
  /** Somebody who was in, in the lobby or coming in lost the socket; it is being restored. */
  lost(): void
  /** The server closed for good, with a code of docs/protocol.md. */
  closed(code: number): void
}

const UNREADABLE = 4400
const IDLE = 4408
const TOO_MUCH = 4429
const FINAL: ReadonlySet<number> = new Set([4403, 4404, 4410])

/** Milliseconds. */
const FIRST_RETRY = 500
const LAST_RETRY = 8000
const RETRY_TOO_MUCH = 5000
const MOST_CONNECT = 5000
const MOST_ANSWER = 5000
/** When there is a reason to doubt the socket (network back, page shown again) it gets less time to answer. */
const MOST_ANSWER_IN_DOUBT = 2000
const MOST_OUTBOX = 20

/** What a host does must not get lost in a gap of a second; state goes with `join` anyway, and signals grow stale. */
const KEPT: ReadonlySet<ClientMessage['type']> = new Set([
  'admit',
  'refuse',
  'tell_waiting',
  'mute',
  'extend',
  'ask_to_unmute',
  'stop_camera',
  'remove',
  'set_role',
  'hand_over',
  'set_meeting',
  'open_breakouts',
  'move_to_breakout',
  'rename_breakout',
  'close_breakouts',
  'tell_breakouts',
  'go_to_breakout',
  'ask_for_help',
  'end',
])

/** See the head of this file. */
export class Signalling {
  readonly #url: string
  readonly #on: SignallingHandlers
  #socket: WebSocket | null = null
  #openedAt = 0
  /** What to say on each new socket; null before Join is pressed. */
  #join: (() => Join) | null = null
  #inside = false
  #seq: number | null = null
  #resyncing = false
  #attempt = 0
  #unreadable = false
  #outbox: ClientMessage[] = []
  #retry: ReturnType<typeof setTimeout> | undefined
  #watchdog: ReturnType<typeof setTimeout> | undefined
  #heartbeat: ReturnType<typeof setInterval> | undefined
  readonly #over = new AbortController()

  constructor(url: string, handlers: SignallingHandlers) {
    this.#url = url
    this.#on = handlers
  }

  /** Whether messages reach the server now. */
  get up(): boolean {
    return this.#inside
  }

  /** Opens the socket and watches over it until `leave`. */
  open(): void {
    const { signal } = this.#over
    addEventListener('online', () => this.check(), { signal })
    addEventListener('pageshow', ({ persisted }) => persisted && this.check(), { signal })
    addEventListener('pagehide', (event) => this.#hide(event.persisted), { signal })
    document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && this.check(), {
      signal,
    })
    this.#connect()
  }

  /** Asks to be let in, now and on every later socket; `message` is asked for the wording each time. */
  join(message: () => Join): void {
    this.#join = message
    if (this.#socket?.readyState === WebSocket.OPEN) this.#sendJoin(this.#socket)
    else if (!this.#socket) this.#connect()
  }

  /** Forgets the wish to be let in; the socket stays. */
  giveUp(): void {
    this.#join = null
  }

  /** False when it could not be sent now. What a host does is kept and sent later. */
  send(message: ClientMessage): boolean {
    if (this.#inside && this.#socket?.readyState === WebSocket.OPEN) {
      this.#socket.send(JSON.stringify(message))
      return true
    }
    if (KEPT.has(message.type) && this.#outbox.length < MOST_OUTBOX) this.#outbox.push(message)
    return false
  }

  /** Is the socket still alive? Asked when something may have happened to it. */
  check(): void {
    if (this.#over.signal.aborted) return
    const state = this.#socket?.readyState
    if (state === WebSocket.OPEN) {
      this.#beat(MOST_ANSWER_IN_DOUBT)
    } else if (state !== WebSocket.CONNECTING || Date.now() - this.#openedAt > 1000) {
      this.#attempt = 0
      this.#drop()
      this.#connect()
    }
  }

  /** Says goodbye and closes for good. */
  leave(): void {
    // Also before the answer to `join` is there: the server reads in order.
    if (this.#join && this.#socket?.readyState === WebSocket.OPEN) this.#socket.send('{"type":"leave"}')
    this.stop()
  }

  /** Closes for good without a goodbye. */
  stop(): void {
    this.#over.abort()
    this.#inside = false
    this.#drop()
  }

  #connect(): void {
    if (this.#over.signal.aborted) return
    clearTimeout(this.#retry)
    const socket = new WebSocket(this.#url)
    this.#socket = socket
    this.#openedAt = Date.now()
    this.#expect(MOST_CONNECT)
    socket.onopen = () => {
      clearTimeout(this.#watchdog)
      if (this.#join) this.#sendJoin(socket)
      else this.#attempt = 0
    }
    socket.onmessage = ({ data }: MessageEvent<unknown>) => {
      clearTimeout(this.#watchdog)
      this.#receive(JSON.parse(String(data)) as ServerMessage)
    }
    socket.onclose = ({ code }) => this.#closed(code)
  }

  #sendJoin(socket: WebSocket): void {
    if (!this.#join) return
    socket.send(JSON.stringify(this.#join()))
    this.#expect(MOST_ANSWER)
  }

  #receive(message: ServerMessage): void {
    switch (message.type) {
      case 'alive':
        if (this.#seq !== null && message.seq > this.#seq) this.#resync()
        return
      case 'refused':
        this.#refused(message)
        return
      case 'snapshot':
        this.#seq = message.seq
        this.#entered(message.heartbeat_seconds)
        this.#on.message(message)
        for (const kept of this.#outbox.splice(0)) this.send(kept)
        return
      case 'in_lobby':
        this.#seq = null
        this.#entered(message.heartbeat_seconds)
        break
      case 'peer_signal':
      case 'mute_requested':
      case 'unmute_requested':
      case 'camera_stop_requested':
      case 'host_link':
      case 'word_from_host':
      case 'word_to_breakouts':
      case 'place_confirmed':
      case 'turned_away':
      case 'dismissed':
      case 'meeting_ended':
        break
      default:
        if (!this.#isNext(message.seq) || message.type === 'tick') return
    }
    this.#on.message(message)
  }

  #isNext(seq: number): boolean {
    if (this.#seq === null || seq <= this.#seq) return false
    if (seq > this.#seq + 1) {
      this.#resync()
      return false
    }
    this.#seq = seq
    return true
  }

  #resync(): void {
    if (this.#resyncing) return
    this.#resyncing = this.send({ type: 'resync' })
  }

  #refused(refusal: Refused): void {
    const joining = !this.#inside
    if (joining) this.#join = null
    this.#on.refused(refusal, joining)
  }

  #entered(heartbeatSeconds: number): void {
    this.#inside = true
    this.#resyncing = false
    this.#attempt = 0
    this.#unreadable = false
    clearInterval(this.#heartbeat)
    this.#heartbeat = setInterval(() => this.#beat(MOST_ANSWER), heartbeatSeconds * 1000)
  }

  #beat(mostAnswer: number): void {
    this.#socket?.send('{"type":"heartbeat"}')
    this.#expect(mostAnswer)
  }

  /** Any message within `milliseconds`, or the socket counts as dead: a network that is gone closes nothing. */
  #expect(milliseconds: number): void {
    clearTimeout(this.#watchdog)
    this.#watchdog = setTimeout(() => this.#closed(1006), milliseconds)
  }

  #closed(code: number): void {
    const affected = this.#join !== null
    this.#drop()
    if (FINAL.has(code) || (code === UNREADABLE && this.#unreadable)) {
      this.#over.abort()
      this.#on.closed(code)
      return
    }
    this.#unreadable = code === UNREADABLE
    // Nobody pressed Join for ten minutes: the next socket is opened when somebody does.
    if (code === IDLE && !this.#join) return
    const longest = Math.min(LAST_RETRY, FIRST_RETRY * 2 ** this.#attempt++)
    const wait = code === TOO_MUCH ? RETRY_TOO_MUCH : 0
    this.#retry = setTimeout(() => this.#connect(), wait + longest * (0.5 + Math.random() / 2))
    if (affected) this.#on.lost()
  }

  #drop(): void {
    clearTimeout(this.#retry)
    clearTimeout(this.#watchdog)
    clearInterval(this.#heartbeat)
    this.#inside = false
    this.#resyncing = false
    const socket = this.#socket
    this.#socket = null
    if (!socket) return
    socket.onopen = socket.onmessage = socket.onclose = null
    socket.close()
  }

  /**
   * The page goes. Where it is gone for good the others shall see that at once. A page that is kept (bfcache) may come
   * back: its socket goes, the person counts as away, and `pageshow` goes on where it was.
   */
  #hide(kept: boolean): void {
    if (kept) this.#drop()
    else this.leave()
  }
}
