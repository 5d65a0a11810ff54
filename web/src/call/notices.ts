/** What is worth saying when the room changes. Pure. */
import type { Participant, Waiting } from '../api/types'
import type { Notice } from './model'
import { me, type Room } from './room'

type WithoutId<T> = T extends unknown ? Omit<T, 'id'> : never
/** A notice before it is numbered. */
export type News = WithoutId<Notice>

/** The news between two states of the room, for the person `after.you`. */
export function newsBetween(before: Room, after: Room): News[] {
  const known = byId(before.participants)
  const there = byId(after.participants)
  const others = after.participants.filter(({ id }) => id !== after.you)
  const waited = byId(before.waiting ?? [])
  return [
    ...others.filter(({ id }) => !known.has(id)).map(({ name }): News => ({ kind: 'joined', name })),
    ...before.participants
      .filter(({ id }) => !there.has(id) && id !== after.you)
      .map(({ name }): News => ({ kind: 'left', name })),
    ...others.flatMap((person) => changes(known.get(person.id), person)),
    // Who becomes a host is shown everybody who waits already.
    ...(before.waiting && after.waiting ? after.waiting : [])
      .filter(({ id }) => !waited.has(id))
      .map(({ name }): News => ({ kind: 'waiting', name })),
    ...roleNews(me(before)?.role, me(after)?.role),
    ...(before.meeting.locked !== after.meeting.locked
      ? [{ kind: after.meeting.locked ? 'locked' : 'unlocked' } as const]
      : []),
  ]
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
