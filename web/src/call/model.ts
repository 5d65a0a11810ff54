/**
 * What the room's markup may know of a call. `Call` (call.svelte.ts) fills it in; every property is reactive ($state),
 * so components read it and never subscribe. Nothing here touches the DOM.
 */
import type { Effects, EffectTrouble } from './effects/effect'
import type { Together } from './together/together'
import type { ReactionEmoji } from './together/wire'
import type {
  Breakouts,
  ClientMessage,
  Ice,
  MeetingView,
  Participant,
  Place,
  RoomMeeting,
  ServerRefusal,
  SetMeeting,
  Waiting,
} from '../api/types'

/** Shown as document.documentElement.dataset.callState. */
export type CallState = 'idle' | 'prejoin' | 'lobby' | 'joining' | 'live' | 'reconnecting' | 'moving' | 'ended'

/** Why one is no longer in the meeting; the exit page words it. */
export type Ending =
  | { kind: 'left' }
  | { kind: 'meeting_ended'; why: 'host' | 'abandoned' | 'time' | 'admin' | 'cancelled' }
  | { kind: 'removed' }
  | { kind: 'refused' }
  | { kind: 'replaced' }

/** A refusal with the server's stable code, or one of the browser's own: `offline`. */
export interface CallProblem {
  code: string
  detail: string
  retryAfterSeconds: number | null
}

/** What a person chooses among. */
export type DeviceKind = 'microphone' | 'camera' | 'speaker'

/** Why a device cannot be used; the interface gives advice for the browser at hand. */
export type DeviceProblem = 'blocked' | 'missing' | 'busy' | 'insecure' | 'failed'

/** One device; its id is good for this site and browser only. */
export interface Device {
  id: string
  label: string
}

/** The person's own devices and what is sent; lives from prejoin to the end of the call. */
export interface LocalMedia {
  /** Devices by kind; labels are empty until a permission was given. */
  readonly devices: Record<DeviceKind, Device[]>
  /** Chosen device ids, kept in localStorage `vcc-devices`; null is the browser's default. */
  readonly chosen: Record<DeviceKind, string | null>
  /** Wanted and working: what the buttons show. */
  readonly microphone: boolean
  readonly camera: boolean
  /** A permission question of the browser is open. */
  readonly asking: boolean
  readonly problems: Partial<Record<DeviceKind, DeviceProblem>>
  /** What is done to picture and voice here before they are sent; kept in localStorage `vcc-effects`. */
  readonly effects: Effects
  /** An effect is being fetched and started; nothing is sent before, unless it was sent already. */
  readonly preparing: Readonly<Record<'microphone' | 'camera', boolean>>
  /** Why effects were turned off. */
  readonly effectTroubles: Partial<Record<DeviceKind, EffectTrouble>>
  /** For the self view; null while the camera is off. */
  readonly cameraStream: MediaStream | null
  readonly screenStream: MediaStream | null
  /** One's voice as it is sent, silent while muted; null without a microphone. */
  readonly voice: MediaStreamTrack | null
  /** One's screen is shown to the others, from here or by the page of a server. */
  readonly sharing: boolean
  /** Microphone level now, 0 to 1. */
  readonly level: number
  /** Whether this browser can share a screen (phones cannot) and pick a speaker. */
  readonly canShareScreen: boolean
  readonly canChooseSpeaker: boolean
  /** Ask for microphone and camera (one question), and open what is granted. Never throws. */
  start(): Promise<void>
  setMicrophone(on: boolean): Promise<void>
  setCamera(on: boolean): Promise<void>
  choose(kind: DeviceKind, id: string): Promise<void>
  /** The same background again takes it up anew: the person's own picture may be another one. */
  setEffects(change: Partial<Effects>): Promise<void>
  /** Resolves to false when the person closed the browser's picker. */
  shareScreen(): Promise<boolean>
  stopScreen(): void
  /** Let go of every device. */
  stop(): void
}

/** A picture that is kept large. */
export interface Pin {
  /** Participant id. */
  id: string
  source: 'camera' | 'screen'
}

/** What hosts can say to people in the lobby: a choice, so that it is read in the language of who waits. */
export type LobbyWord = NonNullable<Waiting['word']>

/** What is asked about breakout rooms (docs/protocol.md). */
export type BreakoutWish = Extract<
  ClientMessage,
  {
    type:
      | 'open_breakouts'
      | 'move_to_breakout'
      | 'rename_breakout'
      | 'close_breakouts'
      | 'tell_breakouts'
      | 'go_to_breakout'
      | 'ask_for_help'
  }
>
/** What hosts can say to all breakout rooms. */
export type BreakoutWord = Extract<BreakoutWish, { type: 'tell_breakouts' }>['word']

/** How somebody's connection is; `lost` while it is being restored. */
export type Quality = 'good' | 'fair' | 'poor' | 'lost'

/**
 * What is wrong on somebody's own side: their computer has too little power; their connection loses data, is slow, or takes
 * long; their network lets no UDP through, or no direct way, so that a relay carries the call.
 */
export type Trouble = 'power' | 'loss' | 'bandwidth' | 'delay' | 'udp_blocked' | 'relayed'

/**
 * Whether nobody is between the two browsers, as far as the key of the link tells. `unknown`: this browser has no key, or
 * the media goes through a server; `checking`: no connection yet; `no_key`: that person came without one; `warning`: what
 * came was not signed with the same key, or is not what is connected.
 */
export type Trust = 'unknown' | 'checking' | 'verified' | 'no_key' | 'warning'

/** Another person, joined with what their browser sends to this one. */
export interface Peer {
  readonly participant: Participant
  /** Null until the first track is there, and while the camera is off. */
  readonly cameraStream: MediaStream | null
  readonly screenStream: MediaStream | null
  /** The voice; the room plays it in one <audio> for each peer, whatever the layout shows. */
  readonly audioStream: MediaStream | null
  /** What the shared screen plays, in a second <audio>; null while no screen is shared. Silent where it has no sound. */
  readonly screenAudioStream: MediaStream | null
  readonly speaking: boolean
  readonly quality: Quality
  /** What is wrong on their side, as their page tells who runs the room; null for nothing, and for everybody else. */
  readonly trouble: Trouble | null
  /** Media flows, or did not yet, or was lost and is being restored. */
  readonly link: 'connecting' | 'connected' | 'restoring'
  readonly trust: Trust
  /** Digits to compare by voice: the same for both only where nobody is in between. Null until they are there. */
  readonly safetyCode: string | null
}

/**
 * Why one is on the way: just let in; the meeting grew beyond what browsers can do among themselves; it went elsewhere; it
 * left somebody behind who was removed; or the server failed this person, and what follows from it is not known yet.
 */
export type Coming = 'first' | 'larger' | 'elsewhere' | 'renewed' | 'again'

/** The page of a server, for a frame. */
export interface VenueFrame {
  readonly server: string
  readonly address: string
  /** The frame is on the page; the answer is called when it goes. */
  attach(frame: HTMLIFrameElement): () => void
}

/** A room on a server of the pool, through which the media goes. */
export interface Venue {
  /** Null while there is none: one waits for a server. */
  readonly place: Place | null
  /** Null until one may go in, and after a failure. */
  readonly frame: VenueFrame | null
  readonly inside: boolean
  readonly coming: Coming
  /** The server that did not let people in by itself, and how, where that is why one is on the way. */
  readonly refusal: ServerRefusal | null
  /** The page asks the person something, although it was told not to: it has to be seen. */
  readonly asking: boolean
  /** All alike, or whoever speaks large. */
  showTiles(tiles: boolean): void
  /** Our own policy forbids the frame. */
  forbidden(): void
}

/** One line of the chat. Only the browsers of the people in the room ever see it, and the server that carries their media. */
export interface ChatMessage {
  id: string
  /** Participant id; one's own for what one sent. */
  from: string
  /** Name at the time of sending: the person may have left since. */
  name: string
  text: string
  at: Date
  mine: boolean
  /** What its sender calls it; empty where nobody can answer it. */
  key: string
  /** The one other person who sees it; null for what everybody sees. */
  alone: { id: string; name: string } | null
  /** What it answers; `text` is null where this page never had that. */
  quote: { name: string; text: string | null; mine: boolean } | null
  /** Something other than words, by its key among its kind; null for words. */
  card: { kind: 'file' | 'poll'; key: string } | null
}

/** How a message is meant, beside its words. */
export interface ChatWish {
  /** Participant id: for this one alone. */
  to?: string | null
  reply?: ChatMessage | null
}

/** Something that happened, for toasts and live regions. */
export type Notice =
  | {
      id: number
      kind: 'joined' | 'left' | 'came' | 'went' | 'hand_raised' | 'sharing' | 'waiting' | 'recording' | 'recording_over'
      name: string
    }
  /** A device was unplugged in the call; `name` is the one that took its place, null when there is none. */
  | { id: number; kind: 'device_lost'; device: DeviceKind; name: string | null }
  /** An effect on one's own picture or voice was turned off. */
  | { id: number; kind: 'effect_dropped'; device: 'microphone' | 'camera'; why: EffectTrouble }
  /** What a host asked for was not done; `text` is the server's sentence. */
  | { id: number; kind: 'refused'; text: string }
  | { id: number; kind: 'muted_by_host' | 'camera_stopped' | 'back_online' | 'sound_blocked' }
  /** Somebody could not come in, since the meeting is full. */
  | { id: number; kind: 'turned_away'; name: string; why: 'limit' | 'no_server' | 'breakouts' }
  /** Where this person is now. */
  | { id: number; kind: 'in_room'; name: string }
  | { id: number; kind: 'in_main_room' | 'breakouts_open' | 'breakouts_over' }
  /** What a host says to all breakout rooms. */
  | { id: number; kind: 'word_to_breakouts'; word: BreakoutWord }
  /** The meeting left a server that kept people out by itself: hosts are told. */
  | { id: number; kind: 'server_refused'; refusal: ServerRefusal }
  /** Said in the chat; `alone`: to this person only. */
  | { id: number; kind: 'said'; name: string; text: string; alone: boolean }
  | { id: number; kind: 'made_host' | 'made_cohost' | 'cohost_no_more' | 'locked' | 'unlocked' }

/** What a host changes about the meeting: what is left out stays; an empty password takes it away. */
export type MeetingWish = Partial<Omit<SetMeeting, 'type'>>

/** A call, from its prejoin page to its end. */
export interface CallModel {
  readonly state: CallState
  /** The meeting as the public sees it; null while loading or when `problem` says why not. */
  readonly view: MeetingView | null
  /** This browser has the key of the meeting's link, so that it can tell who else has. */
  readonly hasKey: boolean
  /** Null before being let in. */
  readonly room: RoomMeeting | null
  /** Own participant; null before being let in. */
  readonly me: Participant | null
  readonly isHost: boolean
  /** Host or co-host: who runs the room. Only a host names co-hosts, changes the password, and ends it for all. */
  readonly leads: boolean
  /** For who was made the host in this call: what restores that on any device. */
  readonly hostLink: string | null
  /** What a host said last to this person, who waits in the lobby. */
  readonly lobbyWord: LobbyWord | null
  /** A host would like to hear this person; until `answerUnmute`. */
  readonly unmuteAsked: boolean
  /** What is wrong on this side of the call. */
  readonly trouble: Trouble | null
  /** No pictures and screens of others are received, and no camera is sent: a weak network carries the voices. */
  readonly audioOnly: boolean
  /** Everybody else in the same room, in order of arrival. */
  readonly peers: Peer[]
  /** Everybody in other breakout rooms. */
  readonly elsewhere: Participant[]
  /** Milliseconds that the server's clock is ahead of this page's. */
  readonly ahead: number
  /** For hosts; empty for everybody else. */
  readonly waiting: Waiting[]
  /** Participant ids with a raised hand, first raised first, oneself included. */
  readonly hands: string[]
  /** Participant id of who speaks or spoke last (never oneself while others are there). */
  readonly activeSpeaker: string | null
  readonly local: LocalMedia
  /** Null while the media goes from browser to browser. */
  readonly venue: Venue | null
  readonly messages: ChatMessage[]
  /** What people do together beside talking; null until somebody does, and while the media goes through a server. */
  readonly together: Together | null
  readonly notices: Notice[]
  /** The last refusal (wrong password, full, unknown code ...); cleared by the next attempt. */
  readonly problem: CallProblem | null
  readonly ending: Ending | null
  /** For guests who were in: opens their record of this meeting, for a while even after it is over. */
  readonly recordToken: string | null
  /** The browser wants a click before it plays sound. */
  readonly soundBlocked: boolean

  /** Load the meeting, open the socket, and warm everything up for `join`. `hostKey` is from the host link. */
  open(code: string, hostKey: string | null): Promise<void>
  /** Ask to be let in; state goes joining → live, or lobby, or back to prejoin with `problem`. */
  join(name: string, password: string | null): Promise<void>
  /** Ask once more as before, after a refusal that time heals. */
  askAgain(): void
  leave(): void
  raiseHand(raised: boolean): void
  /** Send to everybody here now, or to one of them, browser to browser; false when nobody could be reached. */
  sendChat(text: string, wish?: ChatWish): boolean
  /** For the rest of the call, until it is switched back or the camera is turned on; then the camera is as it was before. */
  setAudioOnly(on: boolean): void
  /** Before one does something together: fetches what that needs. */
  gather(): Promise<Together>
  /** Tell the mesh what the layout shows of each peer, so that they send no more than that: CSS pixels of height times
   *  devicePixelRatio, 0 for hidden. Call it whenever the layout changes. */
  show(participant: string, source: 'camera' | 'screen', height: number): void
  /** The room reports an <audio> whose play() was refused; `play` tries again, from `allowSound`. */
  holdSound(play: () => Promise<void>): void
  /** After a click: start the sound that the browser held back. */
  allowSound(): void
  /** Host powers. `null` means everybody. */
  admit(id: string | null): void
  refuse(id: string, ban: boolean): void
  /** Says something to one person in the lobby, or to all of them. */
  tellWaiting(id: string | null, word: LobbyWord): void
  mute(id: string | null): void
  askToUnmute(id: string): void
  stopCamera(id: string): void
  remove(id: string, ban: boolean): void
  setRole(id: string, role: 'cohost' | 'guest'): void
  handOver(id: string): void
  setMeeting(wish: MeetingWish): void
  answerUnmute(on: boolean): void
  /** Hosts open, change and close breakout rooms; others ask for help, and choose their room if they may. */
  askBreakouts(wish: BreakoutWish): void
  /** A quarter of an hour more, for a scheduled meeting. */
  extend(): void
  end(): void
}

export type { Breakouts, Ice, MeetingView, Participant, Place, ReactionEmoji, RoomMeeting, Together, Waiting }
