import { getMeeting, liveUrl, Problem } from '../api/client'
import type { Join, Media, MeetingView, Participant, Refused, Snapshot } from '../api/types'
import { append, writeChat } from './chat'
import { ActiveSpeaker, LEVEL_INTERVAL } from './levels'
import { Local } from './local.svelte'
import { forgetMeeting, recallMeeting, rememberMeeting, rememberName } from './memory'
import { Mesh } from './mesh'
import type { CallModel, CallProblem, CallState, ChatMessage, Ending, Notice } from './model'
import { newsBetween, remembering, type News } from './notices'
import { follow, type Person } from './people.svelte'
import { fromSnapshot, hands, me, reduce, type EndReason, type Room, type RoomEvent } from './room'
import { Signalling, type CallMessage } from './signalling'

const MOST_NOTICES = 20
/** Milliseconds. */
const WORTH_TELLING = 3000
const RETRY_REFUSED = 3000
const MOST_CURTAIN = 150
const LOSSES_BEFORE_OFFLINE = 3

/** A call from its prejoin page to its end; each attempt takes a new one. See `CallModel`. */
export class Call implements CallModel {
  state = $state<CallState>('idle')
  view = $state.raw<MeetingView | null>(null)
  problem = $state.raw<CallProblem | null>(null)
  ending = $state.raw<Ending | null>(null)
  peers = $state.raw<Person[]>([])
  activeSpeaker = $state<string | null>(null)
  messages = $state.raw<ChatMessage[]>([])
  notices = $state.raw<Notice[]>([])
  soundBlocked = $state(false)
  #room = $state.raw<Room | null>(null)
  #hostKey = $state.raw<string | null>(null)
  readonly room = $derived(this.#room?.meeting ?? null)
  readonly me: Participant | null = $derived(this.#room && me(this.#room))
  readonly isHost = $derived(
    this.me ? this.me.role === 'host' : this.#hostKey !== null || this.view?.participants !== undefined,
  )
  readonly waiting = $derived([...(this.#room?.waiting ?? [])])
  readonly hands = $derived(this.#room ? hands(this.#room) : [])

  readonly local = new Local({
    changed: (tracks) => {
      this.#mesh.setTracks(tracks)
      this.#sayMedia()
    },
    lost: (device, name) => this.#notify([{ kind: 'device_lost', device, name }]),
  })
  readonly #mesh = new Mesh({
    signal: (to, to_session, description, candidates) => {
      const sent = this.#signalling?.send({ type: 'signal', to, to_session, description, candidates }) ?? false
      if (description?.type === 'answer' && this.#curtain && --this.#expected <= 0) this.#reveal()
      return sent
    },
    changed: (id) => this.#linkChanged(id),
    chat: (id, text) => this.#chatArrived(id, text),
  })
  #signalling: Signalling | null = null
  readonly #active = new ActiveSpeaker()
  readonly #over = new AbortController()
  /** Names this page to the server and to the others (docs/protocol.md). */
  readonly #session = newSession()
  #code = ''
  #name: string | null = null
  #password: string | null = null
  #hand = false
  #said: Media = { microphone: false, camera: false, screen: false }
  /** Offers that a newcomer has not answered yet. */
  #expected = 0
  #curtain: ReturnType<typeof setTimeout> | null = null
  #losses = 0
  #lostAt = 0
  #listening: ReturnType<typeof setInterval> | undefined
  #held: (() => Promise<void>)[] = []
  #numbers = 0

  async open(code: string, hostKey: string | null): Promise<void> {
    this.#code = code
    this.#hostKey = hostKey
    this.state = 'prejoin'
    this.#signalling = new Signalling(liveUrl(code), {
      message: (message) => this.#receive(message),
      refused: (refusal, joining) => this.#refused(refusal, joining),
      lost: () => this.#lost(),
      closed: (closing) => this.#closed(closing),
    })
    this.#signalling.open()
    addEventListener('online', () => this.#mesh.networkChanged(), { signal: this.#over.signal })
    // A browser without WebRTC shows its problem when somebody is there to connect with.
    void this.#mesh.warm().catch(() => undefined)
    await this.#load()
    const running = this.view?.status === 'live' || this.view?.status === 'scheduled'
    if (running && !this.#over.signal.aborted) void this.local.start()
    else this.#signalling.stop()
  }

  async join(name: string, password: string | null): Promise<void> {
    if (this.state !== 'prejoin' || !this.#signalling) return Promise.resolve()
    rememberName(name)
    this.#name = name
    this.#password = password
    this.problem = null
    this.#losses = 0
    this.state = 'joining'
    this.#knock()
    return Promise.resolve()
  }

  leave(): void {
    if (this.state === 'idle' || this.state === 'ended') return
    this.#signalling?.leave()
    this.#end({ kind: 'left' })
  }

  raiseHand(raised: boolean): void {
    this.#hand = raised
    this.#signalling?.send({ type: 'set_hand', raised })
  }

  sendChat(text: string): boolean {
    const message = writeChat(text)
    const mine = this.me
    if (message === null || mine === null || this.#mesh.sendChat(message) === 0) return false
    this.messages = append(this.messages, { from: mine.id, name: mine.name, text: text.trim(), mine: true })
    return true
  }

  show(participant: string, source: 'camera' | 'screen', height: number): void {
    this.#mesh.show(participant, source, height)
  }

  holdSound(play: () => Promise<void>): void {
    this.#held.push(play)
    if (this.soundBlocked) return
    this.soundBlocked = true
    this.#notify([{ kind: 'sound_blocked' }])
  }

  allowSound(): void {
    this.soundBlocked = false
    for (const play of this.#held.splice(0)) play().catch(() => undefined)
  }

  admit(id: string | null): void {
    this.#signalling?.send({ type: 'admit', id })
  }

  refuse(id: string, ban: boolean): void {
    this.#signalling?.send({ type: 'refuse', id, ban })
  }

  mute(id: string | null): void {
    this.#signalling?.send({ type: 'mute', id })
  }

  remove(id: string, ban: boolean): void {
    this.#signalling?.send({ type: 'remove', id, ban })
  }

  end(): void {
    this.#signalling?.send({ type: 'end' })
  }

  async #load(): Promise<void> {
    const token = recallMeeting(this.#code)
    try {
      this.view = await getMeeting(this.#code, token)
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      if (error.code === 'invalid-token' && token !== null) {
        forgetMeeting(this.#code)
        return this.#load()
      }
      this.problem = { code: error.code, detail: error.detail, retryAfterSeconds: error.retryAfterSeconds }
    }
  }

  #knock(): void {
    this.#signalling?.join(() => this.#joinMessage())
  }

  #joinMessage(): Join {
    this.#said = this.#media()
    return {
      type: 'join',
      session: this.#session,
      name: this.#name,
      token: recallMeeting(this.#code),
      host_key: this.#hostKey,
      password: this.#password,
      media: this.#said,
      hand: this.#hand,
    }
  }

  // --- what the server says ---

  #receive(message: CallMessage): void {
    switch (message.type) {
      case 'snapshot':
        this.#entered(message)
        break
      case 'in_lobby':
        rememberMeeting(this.#code, message.token)
        this.state = 'lobby'
        break
      case 'peer_signal':
        this.#mesh.receive(message)
        break
      case 'mute_requested':
        if (this.local.microphone) this.#notify([{ kind: 'muted_by_host' }])
        void this.local.setMicrophone(false)
        break
      case 'dismissed':
        this.#dismissed(message.why)
        break
      case 'meeting_ended':
        this.#meetingEnded(message.why)
        break
      default:
        this.#happened(message)
    }
  }

  #entered(snapshot: Snapshot): void {
    const before = this.#room
    const same = before?.you === snapshot.you
    const room = same ? remembering(before, fromSnapshot(snapshot)) : fromSnapshot(snapshot)
    rememberMeeting(this.#code, snapshot.token)
    if (before && !same) this.#mesh.clear()
    // Connections first: what the others sent is on its way, and the page can be drawn while the network works.
    this.#mesh.setIce(snapshot.ice)
    this.#mesh.setUp(true)
    this.#mesh.sync(room, !same || joinedAt(before) !== joinedAt(room))
    this.#update(room)
    if (same && this.state === 'reconnecting' && Date.now() - this.#lostAt > WORTH_TELLING) {
      this.#notify([{ kind: 'back_online' }])
    }
    this.problem = null
    this.#sayMedia()
    this.#listening ??= setInterval(() => this.#listen(), LEVEL_INTERVAL)
    // Drawing the room takes as long as the network does: it waits until the answers are out, so that both run side by
    // side.
    this.#expected = before ? 0 : room.participants.filter((person) => person.away_since === null).length - 1
    if (this.#expected > 0) this.#curtain = setTimeout(() => this.#reveal(), MOST_CURTAIN)
    else this.#reveal()
  }

  #reveal(): void {
    this.#dropCurtain()
    this.state = 'live'
  }

  #rest(): void {
    this.#dropCurtain()
    clearInterval(this.#listening)
    this.#listening = undefined
  }

  #dropCurtain(): void {
    if (this.#curtain) clearTimeout(this.#curtain)
    this.#curtain = null
  }

  #happened(event: RoomEvent): void {
    if (!this.#room) return
    const room = remembering(this.#room, reduce(this.#room, event))
    this.#mesh.sync(room)
    this.#update(room)
  }

  #update(room: Room): void {
    const before = this.#room
    this.#room = room
    this.peers = follow(this.peers, room)
    for (const person of this.peers) this.#linkChanged(person.participant.id)
    if (before?.you === room.you) this.#notify(newsBetween(before, room))
  }

  #dismissed(why: 'replaced' | 'removed' | 'refused' | 'too_slow' | 'too_many_messages'): void {
    // The socket closes, and is opened again after a pause.
    if (why === 'too_slow' || why === 'too_many_messages') return
    if (why === 'removed') forgetMeeting(this.#code)
    this.#end({ kind: why })
  }

  #meetingEnded(why: EndReason): void {
    forgetMeeting(this.#code)
    this.#end({ kind: 'meeting_ended', why })
  }

  #refused({ code, detail, retry_after_seconds }: Refused, joining: boolean): void {
    if (!joining) {
      this.problem = { code, detail, retryAfterSeconds: retry_after_seconds }
    } else if (code === 'invalid-token' && recallMeeting(this.#code) !== null) {
      forgetMeeting(this.#code)
      this.#knock()
    } else if (this.#room && (code === 'unavailable' || code === 'too-many-requests')) {
      setTimeout(() => this.#knock(), (retry_after_seconds ?? 0) * 1000 || RETRY_REFUSED)
    } else {
      this.#backToPrejoin({ code, detail, retryAfterSeconds: retry_after_seconds })
    }
  }

  #lost(): void {
    this.#mesh.setUp(false)
    if (this.state === 'live' || (this.#room && this.state === 'joining')) {
      this.#dropCurtain()
      this.state = 'reconnecting'
      this.#lostAt = Date.now()
    } else if (this.state === 'joining' && ++this.#losses >= LOSSES_BEFORE_OFFLINE) {
      this.#signalling?.giveUp()
      this.#backToPrejoin({ code: 'offline', detail: 'The server could not be reached.', retryAfterSeconds: null })
    }
  }

  #closed(closing: number): void {
    if (closing === 4410) void this.#foundEnded()
    else if (closing === 4404) this.#backToPrejoin({ code: 'meeting-not-found', detail: '', retryAfterSeconds: null })
    else if (this.#room)
      this.#backToPrejoin(this.problem ?? { code: 'unavailable', detail: '', retryAfterSeconds: null })
  }

  /** The meeting was over before this page came (back): why, the public view tells. */
  async #foundEnded(): Promise<void> {
    if (this.state === 'ended') return
    const inside = this.state !== 'prejoin' && this.state !== 'joining'
    await this.#load()
    forgetMeeting(this.#code)
    if (inside || this.#room) this.#end({ kind: 'meeting_ended', why: this.view?.end_reason ?? 'host' })
  }

  // --- what follows from it ---

  #backToPrejoin(problem: CallProblem): void {
    if (this.state === 'ended') return
    this.problem = problem
    this.state = 'prejoin'
    this.#room = null
    this.peers = []
    this.#rest()
    this.#mesh.clear()
  }

  #end(ending: Ending): void {
    if (this.state === 'ended') return
    this.#signalling?.stop()
    this.#over.abort()
    this.#mesh.close()
    this.local.stop()
    this.#rest()
    this.ending = ending
    this.state = 'ended'
  }

  #media(): Media {
    return { microphone: this.local.microphone, camera: this.local.camera, screen: this.local.screenStream !== null }
  }

  #sayMedia(): void {
    const media = this.#media()
    const { microphone, camera, screen } = this.#said
    if (media.microphone === microphone && media.camera === camera && media.screen === screen) return
    if (this.#signalling?.send({ type: 'set_media', media })) this.#said = media
  }

  #linkChanged(id: string): void {
    const remote = this.#mesh.remotes.get(id)
    const person = this.peers.find(({ participant }) => participant.id === id)
    if (remote) person?.update(remote)
  }

  #listen(): void {
    for (const person of this.peers) person.listen(this.#mesh.remotes.get(person.participant.id))
    this.activeSpeaker = this.#active.look(this.peers.map(({ participant, voice }) => [participant.id, voice]))
  }

  #chatArrived(id: string, text: string): void {
    const name = this.peers.find(({ participant }) => participant.id === id)?.participant.name
    if (name !== undefined) this.messages = append(this.messages, { from: id, name, text, mine: false })
  }

  #notify(news: News[]): void {
    if (news.length === 0) return
    const numbered = news.map((item): Notice => ({ ...item, id: ++this.#numbers }))
    this.notices = [...this.notices, ...numbered].slice(-MOST_NOTICES)
  }
}

/** When one took one's seat; another time means that it had been given up. */
function joinedAt(room: Room | null): string | null {
  return (room && me(room)?.joined_at) ?? null
}

/** 128 random bits. `crypto.randomUUID` is missing where the page was not loaded securely. */
function newSession(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
