import { liveUrl } from '../api/client'
import { userToken } from '../api/session'
import type { ClientMessage, Media, MeetingView, Participant, Refused, Snapshot } from '../api/types'
import { newKey, writeChat, type Said } from './chat'
import { Curtain } from './curtain'
import { lifetimeOf } from './ice'
import { Feed } from './feed.svelte'
import { ActiveSpeaker, LEVEL_INTERVAL } from './levels'
import { Local } from './local.svelte'
import { keyOf } from './link_key'
import { Gathering } from './gathering.svelte'
import { lookUp } from './lookup'
import { forgetMeeting, recallName, rememberName } from './memory'
import { Mesh } from './mesh'
import type {
  BreakoutWish,
  CallModel,
  CallProblem,
  CallState,
  ChatMessage,
  ChatWish,
  Ending,
  LobbyWord,
  MeetingWish,
  Notice,
  Together,
  Trouble,
} from './model'
import { newsBetween, remembering } from './notices'
import { follow, type Person } from './people.svelte'
import { cameBack } from './return'
import {
  breakoutOf,
  elsewhere,
  fromSnapshot,
  hands,
  me,
  reduce,
  type EndReason,
  type Room,
  type RoomEvent,
} from './room'
import { Signalling, type CallMessage } from './signalling'
import { Sound } from './sound.svelte'
import { sealing } from './trust'
import { Venue } from './venue.svelte'
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
  lobbyWord = $state<LobbyWord | null>(null)
  unmuteAsked = $state(false)
  trouble = $state<Trouble | null>(null)
  venue = $state.raw<Venue | null>(null)
  hasKey = $state(false)
  audioOnly = $state(false)
  ahead = $state(0)
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
  readonly elsewhere = $derived(this.#room ? elsewhere(this.#room) : [])

  readonly local = new Local({
    changed: (tracks) => {
      // Who turns the camera on again wants pictures again.
      if (this.local.camera) this.audioOnly = false
      this.#mesh.setTracks(tracks)
      this.#sayMedia()
    },
    lost: (device, name) => this.#feed.tell({ kind: 'device_lost', device, name }),
    dropped: (device, why) => this.#feed.tell({ kind: 'effect_dropped', device, why }),
  })
  readonly #mesh = new Mesh({
    signal: (to, what) => void this.#send({ type: 'signal', to: to.id, to_session: to.session, ...what }),
    changed: (id) => {
      this.#linkChanged(id)
      if (!this.#mesh.stillToBegin) this.#curtain.lift()
    },
    troubled: (trouble) => (this.trouble = trouble),
    chat: (id, said) => this.#chatArrived(id, said),
    met: (id) => this.#gathering.met(id),
    heard: (id, raw) => this.#gathering.heard(id, raw),
    channel: (id, channel) => this.#gathering.channel(id, channel),
  })
  readonly #feed = new Feed()
  #cameraBefore = false
  readonly #gathering = new Gathering({
    others: () => this.peers.map(({ participant }) => participant.id),
    send: (message, to = null) => this.#mesh.tell(JSON.stringify({ v: 1, ...message }), to),
    channel: (to, label) => this.#mesh.remotes.get(to)?.openChannel(label) ?? null,
    me: () => this.me,
    person: (id) => this.peers.find(({ participant }) => participant.id === id)?.participant ?? null,
    say: (message) => this.#feed.add(message),
    tell: (news) => this.#feed.tell(news),
  })
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

  get together(): Together | null {
    return this.venue ? null : this.#gathering.now
  }

  get notices(): Notice[] {
    return this.#feed.notices
  }

  get soundBlocked(): boolean {
    return this.#sound.blocked
  }

  async open(code: string, hostKey: string | null): Promise<void> {
    this.#visit = new Visit(code, hostKey)
    const key = keyOf(code)
    this.hasKey = key !== null
    this.#mesh.protect(this.#visit.session, key === null ? null : sealing(key, code))
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
    if (!running || this.#over.signal.aborted) {
      this.#signalling.stop()
      return
    }
    const back = cameBack(code)
    if (back) {
      void this.local.setMicrophone(back.microphone)
      void this.local.setCamera(back.camera)
    }
    void this.local.start()
    if (back) await this.join(recallName() ?? '', null)
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
    this.venue?.raiseHand(raised)
    this.#send({ type: 'set_hand', raised })
  }

  sendChat(text: string, { to = null, reply = null }: ChatWish = {}): boolean {
    const mine = this.me
    const answers = reply && { from: reply.from, key: reply.key }
    const said: Said = { text: text.trim(), key: newKey(), reply: answers, alone: to !== null }
    const message = writeChat(said)
    if (message === null || mine === null) return false
    const alone = to === null ? null : this.#nameOf(to)
    // Through a server everybody would read it.
    if (to !== null && (alone === null || this.venue)) return false
    if (this.venue ? !this.venue.sendChat(said.text) : this.#mesh.sendChat(message, to) === 0) return false
    this.#feed.add({ from: mine.id, name: mine.name, text: said.text, mine: true, key: said.key, alone }, answers)
    return true
  }

  setAudioOnly(on: boolean): void {
    if (on === this.audioOnly) return
    if (on) this.#cameraBefore = this.local.camera
    this.audioOnly = on
    if (on || this.#cameraBefore) void this.local.setCamera(!on)
  }

  gather(): Promise<Together> {
    return this.#gathering.load()
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
  readonly tellWaiting = (id: string | null, word: LobbyWord) => void this.#send({ type: 'tell_waiting', id, word })
  readonly mute = (id: string | null) => void this.#send({ type: 'mute', id })
  readonly askToUnmute = (id: string) => void this.#send({ type: 'ask_to_unmute', id })
  readonly stopCamera = (id: string) => void this.#send({ type: 'stop_camera', id })
  readonly setRole = (id: string, role: 'cohost' | 'guest') => void this.#send({ type: 'set_role', id, role })
  readonly handOver = (id: string) => void this.#send({ type: 'hand_over', id })
  readonly setMeeting = (wish: MeetingWish) => void this.#send({ type: 'set_meeting', ...NO_CHANGE, ...wish })
  readonly remove = (id: string, ban: boolean) => void this.#send({ type: 'remove', id, ban })
  readonly askBreakouts = (wish: BreakoutWish) => void this.#send(wish)
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
        this.lobbyWord = message.word ?? null
        this.state = 'lobby'
        break
      case 'word_from_host':
        this.lobbyWord = message.word
        break
      case 'word_to_breakouts':
        this.#feed.tell({ kind: 'word_to_breakouts', word: message.word })
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
      case 'place_confirmed':
        this.venue?.confirmed(message.epoch)
        break
      case 'turned_away':
        this.#feed.tell({ kind: 'turned_away', name: message.name, why: message.why })
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
    this.ahead = Date.parse(snapshot.now) - Date.now()
    // Connections first: what the others sent is on its way, and the page can be drawn while the network works.
    this.#mesh.setIce(snapshot.ice)
    this.#renewIn(lifetimeOf(snapshot.ice))
    this.#mesh.setUp(true)
    this.#follow(room, !same || me(before)?.joined_at !== me(room)?.joined_at)
    this.venue?.reconnected()
    this.#update(room)
    if (same && this.state === 'reconnecting' && Date.now() - this.#lostAt > WORTH_TELLING) {
      this.#feed.tell({ kind: 'back_online' })
    }
    this.problem = null
    this.#sayMedia()
    this.#listening ??= setInterval(() => this.#listen(), LEVEL_INTERVAL)
    this.#curtain.draw(() => this.#settle())
    if (before || !this.#mesh.stillToBegin) this.#curtain.lift()
  }

  /** Takes the media to where the room says it goes. */
  #follow(room: Room, newcomer = false): void {
    if (room.meeting.engine === 'direct') {
      if (this.venue) this.#comeBack(room)
      else this.#mesh.sync(room, newcomer || (this.#regrouped(room) ? 'everybody' : false))
    } else if (this.venue) {
      this.venue.follow(room)
    } else {
      this.#mesh.close()
      this.venue = new Venue(this.local, room, this.#room ? 'larger' : 'first', {
        send: (message) => this.#send(message),
        changed: () => this.#settle(),
        chat: (from, name, text) => this.#feed.add({ from, name, text, mine: false }),
      })
      this.venue.raiseHand(this.#visit.hand)
    }
  }

  /** Whether people went into other breakout rooms, so that several may meet at once. */
  #regrouped({ meeting }: Room): boolean {
    const people = (of: Room['meeting'] | undefined) => JSON.stringify(of?.breakouts?.people)
    return people(meeting) !== people(this.#room?.meeting)
  }

  /** From a server back to connections between the browsers: everybody makes theirs at once. */
  #comeBack(room: Room): void {
    this.state = 'moving'
    this.#leaveVenue()
    this.#mesh.sync(room, 'everybody')
    void this.local.takeBack().then(() => this.#settle())
  }

  #leaveVenue(): void {
    this.venue?.close()
    this.venue = null
  }

  /** In the room and in touch with the server: there, or on the way to where its media goes. */
  #settle(): void {
    if (!this.#room || !this.#signalling?.up || this.state === 'ended') return
    this.state = this.venue?.inside === false ? 'moving' : 'live'
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
    this.#follow(room)
    this.#update(room)
    if (this.state === 'live') this.#settle()
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
    if (before && breakoutOf(before.meeting, room.you) !== breakoutOf(room.meeting, room.you)) this.#gathering.part()
    this.peers = follow(this.peers, room)
    for (const person of this.peers) this.#linkChanged(person.participant.id)
    this.#gathering.follow()
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
    if (this.state === 'live' || this.state === 'moving' || (this.#room && this.state === 'joining')) {
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
    if (this.venue) void this.local.takeBack()
    this.#leaveVenue()
    // Nothing of the room may go on outside it, gathering addresses least of all.
    this.#mesh.close()
  }

  #end(ending: Ending): void {
    if (this.state === 'ended') return
    this.#signalling?.stop()
    this.#over.abort()
    this.#gathering.close()
    this.#mesh.close()
    this.#leaveVenue()
    this.local.stop()
    this.#rest()
    this.ending = ending
    this.state = 'ended'
  }

  #media(): Media {
    return { microphone: this.local.microphone, camera: this.local.camera, screen: this.local.sharing }
  }

  #sayMedia(): void {
    const media = this.#media()
    if (this.#visit.differs(media) && this.#send({ type: 'set_media', media })) this.#visit.media = media
  }

  #linkChanged(id: string): void {
    const remote = this.#mesh.remotes.get(id)
    const person = this.peers.find(({ participant }) => participant.id === id)
    if (remote) person?.update(remote)
    else if (this.venue) person?.detach()
  }

  #listen(): void {
    for (const person of this.peers) person.listen(this.#mesh.remotes.get(person.participant.id))
    this.activeSpeaker = this.#active.look(this.peers.map(({ participant, voice }) => [participant.id, voice]))
  }

  #chatArrived(id: string, { text, key, reply, alone }: Said): void {
    const who = this.#nameOf(id)
    if (who) this.#feed.add({ from: id, name: who.name, text, mine: false, key, alone: alone ? who : null }, reply)
  }

  #nameOf(id: string): { id: string; name: string } | null {
    const name = this.peers.find(({ participant }) => participant.id === id)?.participant.name
    return name === undefined ? null : { id, name }
  }
}
