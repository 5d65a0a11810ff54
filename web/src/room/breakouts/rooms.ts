/** What the interface says of breakout rooms: who is where, main room included. */
import type { CallModel, Participant } from '../../call/model'
import { m } from '../../i18n/paraglide/messages.js'

/** The main room among ids of rooms. */
export const MAIN = ''

/** One room of a meeting and who is in it. */
export interface RoomOfMeeting {
  /** `MAIN` for the main room. */
  id: string
  name: string
  /** In the order of arrival; oneself first. */
  people: Participant[]
  /** This person is in it. */
  here: boolean
  /** Name of who calls a host there. */
  calls: string | null
}

/** The main room and all others, while there are others. */
export function roomsOf(call: CallModel): RoomOfMeeting[] {
  const breakouts = call.room?.breakouts
  if (!breakouts || !call.me) return []
  const { id: you } = call.me
  const everybody = [call.me, ...call.peers.map(({ participant }) => participant), ...call.elsewhere]
  const placeOf = (id: string) => breakouts.people[id] ?? MAIN
  return [{ id: MAIN, name: m.breakouts_main(), help: null }, ...breakouts.rooms].map(({ id, name, help }) => ({
    id,
    name,
    people: everybody.filter((person) => placeOf(person.id) === id),
    here: placeOf(you) === id,
    calls: everybody.find((person) => person.id === help)?.name ?? null,
  }))
}

/** Goes into a room. */
export function goTo(call: CallModel, id: string): void {
  call.askBreakouts({ type: 'go_to_breakout', room: id === MAIN ? null : id })
}

/** Who goes into which of so many rooms (their number, from 0), so that none has two more than another; by chance. */
export function evenly(ids: readonly string[], rooms: number, chance = Math.random): Map<string, number> {
  const mixed = ids.map((id) => ({ id, at: chance() })).sort((a, b) => a.at - b.at)
  return new Map(mixed.map(({ id }, index) => [id, index % rooms]))
}
