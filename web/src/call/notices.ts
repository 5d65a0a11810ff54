/** What is worth saying when the room changes. Pure. */
import type { Participant, Waiting } from '../api/types'
import type { Notice } from './model'
import { breakoutOf, me, others, type Room } from './room'

type WithoutId<T> = T extends unknown ? Omit<T, 'id'> : never
/** A notice before it is numbered. */
export type News = WithoutId<Notice>

/** The news between two states of the room, for the person `after.you`. */
export function newsBetween(before: Room, after: Room): News[] {
  const known = byId(before.participants)
  const there = byId(after.participants)
  const beside = others(after)
  const waited = byId(before.waiting ?? [])
  return [
    ...beside.filter(({ id }) => !known.has(id)).map(({ name }): News => ({ kind: 'joined', name })),
    ...others(before)
      .filter(({ id }) => !there.has(id))
      .map(({ name }): News => ({ kind: 'left', name })),
    ...ways(before, after),
    ...beside.flatMap((person) => changes(known.get(person.id), person)),
    // Who becomes a host is shown everybody who waits already.
    ...(before.waiting && after.waiting ? after.waiting : [])
      .filter(({ id }) => !waited.has(id))
      .map(({ name }): News => ({ kind: 'waiting', name })),
    ...roleNews(me(before)?.role, me(after)?.role),
    ...(before.meeting.locked !== after.meeting.locked
      ? [{ kind: after.meeting.locked ? 'locked' : 'unlocked' } as const]
      : []),
    ...refusalNews(before, after),
  ]
}

/** Where this person is now; or, where they stayed, who came into their breakout room from another one, or went there. */
function ways(before: Room, after: Room): News[] {
  const was = before.meeting.breakouts
  const { breakouts } = after.meeting
  if (was && !breakouts) return [{ kind: 'breakouts_over' }]
  if (!breakouts) return []
  const place = breakoutOf(after.meeting, after.you)
  if (breakoutOf(before.meeting, before.you) !== place) {
    const room = breakouts.rooms.find(({ id }) => id === place)
    return [room ? { kind: 'in_room', name: room.name } : { kind: 'in_main_room' }]
  }
  if (!was) return [{ kind: 'breakouts_open' }]
  const there = byId(others(after))
  const known = byId(others(before))
  const been = (room: Room, { id }: Participant) => room.participants.some((person) => person.id === id)
  return [
    ...others(after)
      .filter((person) => !known.has(person.id) && been(before, person))
      .map(({ name }): News => ({ kind: 'came', name })),
    ...others(before)
      .filter((person) => !there.has(person.id) && been(after, person))
      .map(({ name }): News => ({ kind: 'went', name })),
  ]
}

/** Hosts learn why the meeting left a server, also after the page that says so is gone. */
function refusalNews(before: Room, after: Room): News[] {
  const { epoch, refusal } = after.meeting
  const leads = (me(after)?.role ?? 'guest') !== 'guest'
  return refusal && leads && epoch > before.meeting.epoch ? [{ kind: 'server_refused', refusal }] : []
}

function roleNews(was: Participant['role'] | undefined, is: Participant['role'] | undefined): News[] {
  if (was === undefined || is === undefined || was === is) return []
  if (is === 'guest') return [{ kind: 'cohost_no_more' }]
  return [{ kind: is === 'host' ? 'made_host' : 'made_cohost' }]
}

/**
 * The room with what is remembered of people who are away: a server that has been restarted does not know (yet) what
 * they send, and their pictures flow all the while.
 */
export function remembering(before: Room, after: Room): Room {
  const known = byId(before.participants)
  const participants = after.participants.map((person) => {
    const was = known.get(person.id)
    const away = person.away_since !== null && was?.session === person.session
    return away ? { ...person, media: was.media, hand: was.hand } : person
  })
  return { ...after, participants }
}

function changes(was: Participant | undefined, { name, hand, media }: Participant): News[] {
  const news: News[] = []
  if (was?.hand === null && hand !== null) news.push({ kind: 'hand_raised', name })
  if (!was?.media.screen && media.screen) news.push({ kind: 'sharing', name })
  return news
}

function byId<T extends Participant | Waiting>(people: readonly T[]): Map<string, T> {
  return new Map(people.map((person) => [person.id, person]))
}
