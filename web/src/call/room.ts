/** What a page knows of the room: a snapshot, brought up to date by events. Pure; live/room.py does the same. */
import type { Participant, RoomMeeting, ServerMessage, Snapshot, Waiting } from '../api/types'

/** What changes a room; each is one number further (docs/protocol.md, "Numbers"). */
export type RoomEvent = Exclude<Extract<ServerMessage, { seq: number }>, { type: 'snapshot' | 'alive' | 'tick' }>
/** Why a meeting is over. */
export type EndReason = Extract<RoomEvent, { type: 'meeting_ended' }>['why']

/** The state of a room as this page may see it. */
export interface Room {
  /** Own participant id. */
  you: string
  meeting: RoomMeeting
  participants: readonly Participant[]
  /** Null for everybody but hosts. */
  waiting: readonly Waiting[] | null
  ended: EndReason | null
}

/** Where every state begins. */
export function fromSnapshot(snapshot: Snapshot): Room {
  const { you, meeting, participants, waiting } = snapshot
  return { you, meeting, participants, waiting, ended: null }
}

/** The room after an event. The state given in stays as it is. */
export function reduce(room: Room, event: RoomEvent): Room {
  switch (event.type) {
    case 'participant_joined':
    case 'participant_changed':
      return { ...room, participants: put(room.participants, event.participant) }
    case 'participant_left':
      return { ...room, participants: room.participants.filter(({ id }) => id !== event.id) }
    case 'meeting_changed':
      return { ...room, meeting: event.meeting }
    case 'waiting_changed':
      return { ...room, waiting: event.waiting }
    case 'meeting_ended':
      return { ...room, ended: event.why }
  }
}

/** Own participant; null only when the server left it out. */
export function me(room: Room): Participant | null {
  return room.participants.find(({ id }) => id === room.you) ?? null
}

/** The id of the breakout room that somebody is in; null for the main room. */
export function breakoutOf({ breakouts }: RoomMeeting, id: string): string | null {
  return breakouts?.people[id] ?? null
}

/** Everybody else in the same breakout room, in the order of arrival, which is the same on every screen. */
export function others(room: Room): Participant[] {
  return everybodyElse(room).filter(({ id }) => together(room, id))
}

/** Everybody in another breakout room. */
export function elsewhere(room: Room): Participant[] {
  return everybodyElse(room).filter(({ id }) => !together(room, id))
}

function everybodyElse(room: Room): Participant[] {
  return room.participants.filter(({ id }) => id !== room.you).sort(order)
}

function together({ meeting, you }: Room, id: string): boolean {
  return breakoutOf(meeting, id) === breakoutOf(meeting, you)
}

/** Whether this page goes into the place of the epoch now: one alone goes first, and leads the room over there. */
export function mayEnter(room: Room): boolean {
  const { place } = room.meeting
  return place !== null && (place.open || place.opener === room.you)
}

/** Ids of those who were in the room before this page. */
export function earlier(room: Room): Set<string> {
  const ids = [...room.participants].sort(order).map(({ id }) => id)
  return new Set(ids.slice(0, Math.max(0, ids.indexOf(room.you))))
}

/** Ids of raised hands, first raised first. */
export function hands(room: Room): string[] {
  return room.participants
    .filter(({ hand }) => hand !== null)
    .sort((a, b) => (a.hand ?? 0) - (b.hand ?? 0))
    .map(({ id }) => id)
}

function order(a: Participant, b: Participant): number {
  return Date.parse(a.joined_at) - Date.parse(b.joined_at) || (a.id < b.id ? -1 : 1)
}

function put(people: readonly Participant[], person: Participant): Participant[] {
  const known = people.some(({ id }) => id === person.id)
  return known ? people.map((before) => (before.id === person.id ? person : before)) : [...people, person]
}
