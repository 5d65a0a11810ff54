/**
 * What the room's markup may know of a call. `Call` (call.svelte.ts) fills it in; every property is reactive ($state),
 * so components read it and never subscribe. Nothing here touches the DOM.
 */
import type { Ice, MeetingView, Participant, RoomMeeting, SetMeeting, Waiting } from '../api/types'

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
  /** For the self view; null while the camera is off. */
  readonly cameraStream: MediaStream | null
  readonly screenStream: MediaStream | null
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
  /** Resolves to false when the person closed the browser's picker. */
  shareScreen(): Promise<boolean>
  stopScreen(): void
  /** Let go of every device. */
  stop(): void
}

/** How somebody's connection is; `lost` while it is being restored. */
export type Quality = 'good' | 'fair' | 'poor' | 'lost'

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
  /** Media flows, or did not yet, or was lost and is being restored. */
  readonly link: 'connecting' | 'connected' | 'restoring'
}

/** One line of the chat, which only the browsers of the people in the room ever see. */
export interface ChatMessage {
  id: string
  /** Participant id; one's own for what one sent. */
  from: string
  /** Name at the time of sending: the person may have left since. */
  name: string
  text: string
  at: Date
  mine: boolean
}

/** Something that happened, for toasts and live regions. */
export type Notice =
  | { id: number; kind: 'joined' | 'left' | 'hand_raised' | 'sharing' | 'waiting'; name: string }
  /** A device was unplugged in the call; `name` is the one that took its place, null when there is none. */
  | { id: number; kind: 'device_lost'; device: DeviceKind; name: string | null }
  /** What a host asked for was not done; `text` is the server's sentence. */
  | { id: number; kind: 'refused'; text: string }
  | { id: number; kind: 'muted_by_host' | 'camera_stopped' | 'back_online' | 'sound_blocked' }
  | { id: number; kind: 'made_host' | 'made_cohost' | 'cohost_no_more' | 'locked' | 'unlocked' }

/** What a host changes about the meeting: what is left out stays; an empty password takes it away. */
export type MeetingWish = Partial<Omit<SetMeeting, 'type'>>

/** A call, from its prejoin page to its end. */
export interface CallModel {
  readonly state: CallState
  /** The meeting as the public sees it; null while loading or when `problem` says why not. */
  readonly view: MeetingView | null
  /** Null before being let in. */
  readonly room: RoomMeeting | null
  /** Own participant; null before being let in. */
  readonly me: Participant | null
  readonly isHost: boolean
  /** Host or co-host: who runs the room. Only a host names co-hosts, changes the password, and ends it for all. */
  readonly leads: boolean
  /** For who was made the host in this call: what restores that on any device. */
  readonly hostLink: string | null
  /** A host would like to hear this person; until `answerUnmute`. */
  readonly unmuteAsked: boolean
  /** Everybody else, in order of arrival. */
  readonly peers: Peer[]
  /** For hosts; empty for everybody else. */
  readonly waiting: Waiting[]
  /** Participant ids with a raised hand, first raised first, oneself included. */
  readonly hands: string[]
  /** Participant id of who speaks or spoke last (never oneself while others are there). */
  readonly activeSpeaker: string | null
  readonly local: LocalMedia
  readonly messages: ChatMessage[]
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
  /** Send to everybody here now, browser to browser; false when nobody could be reached. */
  sendChat(text: string): boolean
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
  mute(id: string | null): void
  askToUnmute(id: string): void
  stopCamera(id: string): void
  remove(id: string, ban: boolean): void
  setRole(id: string, role: 'cohost' | 'guest'): void
  handOver(id: string): void
  setMeeting(wish: MeetingWish): void
  answerUnmute(on: boolean): void
  /** A quarter of an hour more, for a scheduled meeting. */
  extend(): void
  end(): void
}

export type { Ice, MeetingView, Participant, RoomMeeting, Waiting }
