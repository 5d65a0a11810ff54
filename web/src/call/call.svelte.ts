import { liveUrl } from '../api/client'
import { userToken } from '../api/session'
import type { ClientMessage, Media, MeetingView, Participant, Refused, Snapshot } from '../api/types'
import { writeChat } from './chat'
import { Curtain } from './curtain'
import { lifetimeOf } from './factory'
import { Feed } from './feed.svelte'
import { ActiveSpeaker, LEVEL_INTERVAL } from './levels'
import { Local } from './local.svelte'
import { lookUp } from './lookup'
import { forgetMeeting, rememberName } from './memory'
import { Mesh } from './mesh'
import type { CallModel, CallProblem, CallState, ChatMessage, Ending, MeetingWish, Notice } from './model'
import { newsBetween, remembering } from './notices'
import { follow, type Person } from './people.svelte'
import { fromSnapshot, hands, me, reduce, type EndReason, type Room, type RoomEvent } from './room'
import { Signalling, type CallMessage } from './signalling'
import { Sound } from './sound.svelte'
import { Visit } from './visit'

/** Milliseconds. */
const WORTH_TELLING = 3000
const RETRY_REFUSED = 3000
const LOSSES_BEFORE_OFFLINE = 3
const NO_CHANGE = { locked: null, lobby: null, password: null }

/** A call from its prejoin page to its end; each attempt takes a new one. See `CallModel`. */
export class Call implements CallModel {
  state = $state<CallState>('idle')
  view = $state.raw<MeetingView | null>(null)
  problem = $state.raw<CallProblem | null>(null)
  ending = $state.raw<Ending | null>(null)
  peers = $state.raw<Person[]>([])
  activeSpeaker = $state<string | null>(null)
  hostLink = $state<string | null>(null)
  unmuteAsked = $state(false)
  #room = $state.raw<Room | null>(null)
  #visit = $state.raw(new Visit())
  readonly room = $derived(this.#room?.meeting ?? null)
  readonly me: Participant | null = $derived(this.#room && me(this.#room))
  readonly isHost = $derived(
    this.me ? this.me.role === 'host' : this.#visit.hostKey !== null || this.view?.participants !== undefined,
  )
  readonly leads = $derived(this.me ? this.me.role !== 'guest' : this.isHost)
  readonly waiting = $derived([...(this.#room?.waiting ?? [])])
  readonly hands = $derived(this.#room ? hands(this.#room) : [])

  readonly local = new Local({
    changed: (tracks) => {
      this.#mesh.setTracks(tracks)
      this.#sayMedia()
    },
    lost: (device, name) => this.#feed.tell({ kind: 'device_lost', device, name }),
  })
  readonly #mesh = new Mesh({
    signal: (to, to_session, description, candidates) =>
      this.#send({ type: 'signal', to, to_session, description, candidates }),
    changed: (id) => {
      this.#linkChanged(id)
      if (!this.#mesh.stillToBegin) this.#curtain.lift()
    },
    chat: (id, text) => this.#chatArrived(id, text),
  })
  readonly #feed = new Feed()
  readonly #sound = new Sound()
  readonly #curtain = new Curtain()
  #signalling: Signalling | null = null
  readonly #active = new ActiveSpeaker()
  readonly #over = new AbortController()
  #losses = 0
  #lostAt = 0
  #listening: ReturnType<typeof setInterval> | undefined
  #renewing: ReturnType<typeof setTimeout> | undefined

  get recordToken(): string | null {
    return userToken() === null ? this.#visit.token : null
  }

  get messages(): ChatMessage[] {
    return this.#feed.messages
  }

  get notices(): Notice[] {
    return this.#feed.notices
  }

  get soundBlocked(): boolean {
    return this.#sound.blocked
  }

  async open(code: string, hostKey: string | null): Promise<void> {
    this.#visit = new Visit(code, hostKey)
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
    Object.assign(this.#visit, { name, password })
    this.problem = null
    this.#losses = 0
    this.state = 'joining'
    this.#knock()
    return Promise.resolve()
  }

  askAgain(): void {
    if (this.state !== 'prejoin' || this.#visit.name === null) return
    // The problem stays until there is an answer: what is shown must not jump.
    this.#losses = 0
    this.state = 'joining'
    this.#knock()
  }

  leave(): void {
    if (this.state === 'idle' || this.state === 'ended') return
    this.#signalling?.leave()
    this.#end({ kind: 'left' })
  }

  raiseHand(raised: boolean): void {
    this.#visit.hand = raised
    this.#send({ type: 'set_hand', raised })
  }

  sendChat(text: string): boolean {
    const message = writeChat(text)
    const mine = this.me
    if (message === null || mine === null || this.#mesh.sendChat(message) === 0) return false
    this.#feed.add({ from: mine.id, name: mine.name, text: text.trim(), mine: true })
    return true
  }

  show(participant: string, source: 'camera' | 'screen', height: number): void {
    this.#mesh.show(participant, source, height)
  }

  holdSound(play: () => Promise<void>): void {
    if (this.#sound.hold(play)) this.#feed.tell({ kind: 'sound_blocked' })
  }

  allowSound(): void {
    this.#sound.allow()
  }

  readonly admit = (id: string | null) => void this.#send({ type: 'admit', id })
  readonly refuse = (id: string, ban: boolean) => void this.#send({ type: 'refuse', id, ban })
  readonly mute = (id: string | null) => void this.#send({ type: 'mute', id })
  readonly askToUnmute = (id: string) => void this.#send({ type: 'ask_to_unmute', id })
  readonly stopCamera = (id: string) => void this.#send({ type: 'stop_camera', id })
  readonly setRole = (id: string, role: 'cohost' | 'guest') => void this.#send({ type: 'set_role', id, role })
  readonly handOver = (id: string) => void this.#send({ type: 'hand_over', id })
  readonly setMeeting = (wish: MeetingWish) => void this.#send({ type: 'set_meeting', ...NO_CHANGE, ...wish })
  readonly remove = (id: string, ban: boolean) => void this.#send({ type: 'remove', id, ban })
  readonly extend = () => void this.#send({ type: 'extend' })
  readonly end = () => void this.#send({ type: 'end' })

  answerUnmute(on: boolean): void {
    this.unmuteAsked = false
    if (on) void this.local.setMicrophone(true)
  }

  #send(message: ClientMessage): boolean {
    return this.#signalling?.send(message) ?? false
  }

  async #load(): Promise<void> {
    const found = await lookUp(this.#visit.code)
    if ('view' in found) this.view = found.view
    else this.problem = found.problem
  }

  #knock(): void {
    this.#signalling?.join(() => this.#visit.join(this.#media()))
  }

  // --- what the server says ---

  #receive(message: CallMessage): void {
    switch (message.type) {
      case 'snapshot':
        this.#entered(message)
        break
      case 'in_lobby':
        this.#visit.keepToken(message.token)
        this.state = 'lobby'
        break
      case 'peer_signal':
        this.#mesh.receive(message)
        break
      case 'mute_requested':
        if (this.local.microphone) this.#feed.tell({ kind: 'muted_by_host' })
        void this.local.setMicrophone(false)
        break
      case 'unmute_requested':
        this.unmuteAsked = !this.local.microphone
        break
      case 'camera_stop_requested':
        if (this.local.camera) this.#feed.tell({ kind: 'camera_stopped' })
        void this.local.setCamera(false)
        break
      case 'host_link':
        this.hostLink = message.link
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
    this.#visit.keepToken(snapshot.token, { host: me(room)?.role === 'host' })
    if (before && !same) this.#mesh.clear()
    // Connections first: what the others sent is on its way, and the page can be drawn while the network works.
    this.#mesh.setIce(snapshot.ice)
    this.#renewIn(lifetimeOf(snapshot.ice))
    this.#mesh.setUp(true)
    this.#mesh.sync(room, !same || me(before)?.joined_at !== me(room)?.joined_at)
    this.#update(room)
    if (same && this.state === 'reconnecting' && Date.now() - this.#lostAt > WORTH_TELLING) {
      this.#feed.tell({ kind: 'back_online' })
    }
    this.problem = null
    this.#sayMedia()
    this.#listening ??= setInterval(() => this.#listen(), LEVEL_INTERVAL)
    this.#curtain.draw(() => (this.state = 'live'))
    if (before || !this.#mesh.stillToBegin) this.#curtain.lift()
  }

  /** A snapshot brings new TURN credentials: asked for in time, an ICE restart finds them fresh. */
  #renewIn(milliseconds: number | null): void {
    clearTimeout(this.#renewing)
    if (milliseconds !== null) this.#renewing = setTimeout(() => this.#send({ type: 'resync' }), milliseconds / 2)
  }

  #rest(): void {
    this.#curtain.drop()
    clearTimeout(this.#renewing)
    clearInterval(this.#listening)
    this.#listening = undefined
  }

  #happened(event: RoomEvent): void {
    if (!this.#room) return
    const room = remembering(this.#room, reduce(this.#room, event))
    this.#mesh.sync(room)
    this.#update(room)
    // Who leads may see more of the meeting than the room tells, the password above all.
    if (event.type === 'meeting_changed' && this.leads) void this.#lookAgain()
  }

  async #lookAgain(): Promise<void> {
    const found = await lookUp(this.#visit.code)
    if ('view' in found) this.view = found.view
  }

  #update(room: Room): void {
    const before = this.#room
    this.#room = room
    this.peers = follow(this.peers, room)
    for (const person of this.peers) this.#linkChanged(person.participant.id)
    if (before?.you === room.you) this.#feed.tell(...newsBetween(before, room))
  }

  #dismissed(why: 'replaced' | 'removed' | 'refused' | 'too_slow' | 'too_many_messages'): void {
    // The socket closes, and is opened again after a pause.
    if (why === 'too_slow' || why === 'too_many_messages') return
    // The token stays: a ban is on the person behind it, and without a ban they come back as themselves.
    this.#end({ kind: why })
  }

  #meetingEnded(why: EndReason): void {
    forgetMeeting(this.#visit.code)
    this.#end({ kind: 'meeting_ended', why })
  }

  #refused({ code, detail, retry_after_seconds }: Refused, joining: boolean): void {
    if (!joining) {
      this.#feed.tell({ kind: 'refused', text: detail })
      this.problem = { code, detail, retryAfterSeconds: retry_after_seconds }
    } else if (code === 'invalid-token' && this.#visit.dropToken()) {
      this.#knock()
    } else if (this.#room && (code === 'unavailable' || code === 'too-many-requests')) {
      setTimeout(() => this.#knock(), (retry_after_seconds ?? 0) * 1000 || RETRY_REFUSED)
    } else if (code !== 'meeting-ended') {
      // (After that one the socket closes with a code that says the same.)
      this.#backToPrejoin({ code, detail, retryAfterSeconds: retry_after_seconds })
    }
  }

  #lost(): void {
    this.#mesh.setUp(false)
    if (this.state === 'live' || (this.#room && this.state === 'joining')) {
      this.#curtain.drop()
      this.state = 'reconnecting'
      this.#lostAt = Date.now()
    } else if (this.state === 'joining' && ++this.#losses >= LOSSES_BEFORE_OFFLINE) {
      this.#signalling?.giveUp()
      this.#backToPrejoin({ code: 'offline', detail: 'The server could not be reached.', retryAfterSeconds: null })
    }
  }

  #closed(closing: number): void {
    const problem = (code: string) => ({ code, detail: '', retryAfterSeconds: null })
    if (closing === 4410) void this.#foundEnded(problem('meeting-ended'))
    else if (closing === 4404) this.#backToPrejoin(problem('meeting-not-found'))
    else if (this.#room) this.#backToPrejoin(this.problem ?? problem('unavailable'))
  }

  /** The meeting was over before this page came (back): why, the public view tells. */
  async #foundEnded(problem: CallProblem): Promise<void> {
    const wasInside = this.#room !== null || this.state === 'lobby'
    if (!wasInside) this.#backToPrejoin(problem)
    await this.#load()
    forgetMeeting(this.#visit.code)
    if (wasInside) this.#end({ kind: 'meeting_ended', why: this.view?.end_reason ?? 'host' })
  }

  // --- what follows from it ---

  #backToPrejoin(problem: CallProblem): void {
    if (this.state === 'ended') return
    this.problem = problem
    this.state = 'prejoin'
    this.#room = null
    this.peers = []
    this.#rest()
    // Nothing of the room may go on outside it, gathering addresses least of all.
    this.#mesh.close()
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
    if (this.#visit.differs(media) && this.#send({ type: 'set_media', media })) this.#visit.media = media
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
    if (name !== undefined) this.#feed.add({ from: id, name, text, mine: false })
  }
}
