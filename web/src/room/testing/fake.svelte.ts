/** A call without browser or server behind it, for tests of the markup; never part of the bundle. */
import type {
  BreakoutWish,
  CallModel,
  CallProblem,
  CallState,
  ChatMessage,
  ChatWish,
  DeviceProblem,
  Ending,
  LobbyWord,
  LocalMedia,
  MeetingView,
  MeetingWish,
  Notice,
  Participant,
  Peer,
  RoomMeeting,
  Together,
  Trouble,
  Venue,
  Waiting,
} from '../../call/model'

export function aPerson(id: string, name: string, more: Partial<Participant> = {}): Participant {
  return {
    id,
    session: `session-${id}`,
    name,
    role: 'guest',
    joined_at: '2026-01-01T10:00:00Z',
    media: { microphone: true, camera: true, screen: false },
    hand: null,
    away_since: null,
    arrival: null,
    ...more,
  }
}

export function aPeer(id: string, name: string, more: Partial<Peer> = {}): Peer {
  return {
    participant: aPerson(id, name),
    cameraStream: null,
    screenStream: null,
    audioStream: null,
    screenAudioStream: null,
    speaking: false,
    quality: 'good',
    trouble: null,
    link: 'connected',
    trust: 'unknown',
    safetyCode: null,
    ...more,
  }
}

export function aMeeting(more: Partial<MeetingView> = {}): MeetingView {
  return {
    code: 'abc-defg-hjk',
    title: '',
    kind: 'instant',
    status: 'live',
    engine: 'auto',
    carrier: 'direct',
    server: null,
    lobby: false,
    needs_password: false,
    host_name: 'Ada',
    link: 'http://localhost/m/abc-defg-hjk',
    description: '',
    starts_at: null,
    opens_at: null,
    ends_at: null,
    duration_minutes: null,
    time_zone: null,
    recurrence: null,
    occurrence: null,
    end_reason: null,
    ...more,
  }
}

class FakeLocal implements LocalMedia {
  devices = $state.raw<LocalMedia['devices']>({
    microphone: [{ id: 'a', label: 'Desk microphone' }],
    camera: [{ id: 'b', label: '' }],
    speaker: [],
  })
  chosen = $state<LocalMedia['chosen']>({ microphone: null, camera: null, speaker: null })
  microphone = $state(true)
  camera = $state(true)
  asking = $state(false)
  problems = $state<{ microphone?: DeviceProblem; camera?: DeviceProblem }>({})
  cameraStream = $state.raw<MediaStream | null>(null)
  screenStream = $state.raw<MediaStream | null>(null)
  voice: MediaStreamTrack | null = null
  level = $state(0)
  effects = $state<LocalMedia['effects']>({ background: 'none', quiet: false })
  preparing = { microphone: false, camera: false }
  effectTroubles = $state<LocalMedia['effectTroubles']>({})
  canShareScreen = true
  canChooseSpeaker = false
  started = 0

  get sharing(): boolean {
    return this.screenStream !== null
  }

  start(): Promise<void> {
    this.started += 1
    return Promise.resolve()
  }

  setMicrophone(on: boolean): Promise<void> {
    this.microphone = on
    return Promise.resolve()
  }

  setCamera(on: boolean): Promise<void> {
    this.camera = on
    return Promise.resolve()
  }

  choose(kind: 'microphone' | 'camera' | 'speaker', id: string): Promise<void> {
    this.chosen[kind] = id
    return Promise.resolve()
  }

  setEffects(change: Partial<LocalMedia['effects']>): Promise<void> {
    Object.assign(this.effects, change)
    return Promise.resolve()
  }

  shareScreen(): Promise<boolean> {
    return Promise.resolve(false)
  }

  stopScreen(): void {
    this.screenStream = null
  }

  stop(): void {
    this.camera = false
  }
}

/** Every property can be set; what is asked of the call is kept in `asked`. */
export class FakeCall implements CallModel {
  state = $state<CallState>('prejoin')
  view = $state.raw<MeetingView | null>(aMeeting())
  room = $state.raw<RoomMeeting | null>(null)
  venue = $state.raw<Venue | null>(null)
  me = $state.raw<Participant | null>(null)
  isHost = $state(false)
  cohost = $state(false)
  hostLink = $state<string | null>(null)
  lobbyWord = $state<LobbyWord | null>(null)
  hasKey = $state(false)
  audioOnly = $state(false)
  unmuteAsked = $state(false)
  trouble = $state<Trouble | null>(null)
  peers = $state.raw<Peer[]>([])
  elsewhere = $state.raw<Participant[]>([])
  ahead = 0
  waiting = $state.raw<Waiting[]>([])
  hands = $state.raw<string[]>([])
  activeSpeaker = $state<string | null>(null)
  messages = $state.raw<ChatMessage[]>([])
  together = $state.raw<Together | null>(null)
  notices = $state.raw<Notice[]>([])
  problem = $state.raw<CallProblem | null>(null)
  ending = $state.raw<Ending | null>(null)
  soundBlocked = $state(false)
  recordToken = $state<string | null>(null)
  local = new FakeLocal()
  /** Whether a chat message reaches anybody. */
  reaches = true
  asked: unknown[][] = []

  get leads(): boolean {
    return this.isHost || this.cohost
  }

  /** In the room, as `name`, with others of these names. */
  static inside(name: string, ...others: string[]): FakeCall {
    const call = new FakeCall()
    call.state = 'live'
    call.me = aPerson('me', name)
    call.peers = others.map((other, index) => aPeer(`p${index}`, other))
    return call
  }

  open(code: string, hostKey: string | null): Promise<void> {
    this.asked.push(['open', code, hostKey])
    return Promise.resolve()
  }

  askAgain(): void {
    this.asked.push(['askAgain'])
  }

  join(name: string, password: string | null): Promise<void> {
    this.asked.push(['join', name, password])
    return Promise.resolve()
  }

  leave(): void {
    this.asked.push(['leave'])
  }

  raiseHand(raised: boolean): void {
    this.asked.push(['raiseHand', raised])
  }

  sendChat(text: string, wish?: ChatWish): boolean {
    this.asked.push(wish ? ['sendChat', text, wish] : ['sendChat', text])
    return this.reaches
  }

  setAudioOnly(on: boolean): void {
    this.audioOnly = on
  }

  gather(): Promise<Together> {
    this.asked.push(['gather'])
    return this.together ? Promise.resolve(this.together) : Promise.reject(new Error('not in this test'))
  }

  show(id: string, source: 'camera' | 'screen', height: number): void {
    this.asked.push(['show', id, source, height])
  }

  holdSound(): void {
    this.soundBlocked = true
  }

  allowSound(): void {
    this.soundBlocked = false
  }

  admit(id: string | null): void {
    this.asked.push(['admit', id])
  }

  refuse(id: string, ban: boolean): void {
    this.asked.push(['refuse', id, ban])
  }

  tellWaiting(id: string | null, word: LobbyWord): void {
    this.asked.push(['tellWaiting', id, word])
  }

  mute(id: string | null): void {
    this.asked.push(['mute', id])
  }

  remove(id: string, ban: boolean): void {
    this.asked.push(['remove', id, ban])
  }

  askToUnmute(id: string): void {
    this.asked.push(['askToUnmute', id])
  }

  stopCamera(id: string): void {
    this.asked.push(['stopCamera', id])
  }

  setRole(id: string, role: 'cohost' | 'guest'): void {
    this.asked.push(['setRole', id, role])
  }

  handOver(id: string): void {
    this.asked.push(['handOver', id])
  }

  setMeeting(wish: MeetingWish): void {
    this.asked.push(['setMeeting', wish])
  }

  answerUnmute(on: boolean): void {
    this.unmuteAsked = false
    this.asked.push(['answerUnmute', on])
  }

  askBreakouts(wish: BreakoutWish): void {
    this.asked.push(['askBreakouts', wish])
  }

  extend(): void {
    this.asked.push(['extend'])
  }

  end(): void {
    this.asked.push(['end'])
  }
}
