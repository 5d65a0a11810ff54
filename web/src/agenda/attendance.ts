/** Who was in a meeting, as bars on one line of time. */
import type { ParticipantView } from '../api/types'
import { nameOf } from './names'

/** One stay, in hundredths of the line: where its bar begins, and how long it is. */
export interface Bar {
  left: number
  width: number
}

export interface AttendanceRow {
  id: string
  name: string
  isHost: boolean
  bars: Bar[]
  /** First arrival and last leaving; null while they are still there. */
  from: Date
  to: Date | null
  /** Milliseconds, of all stays together. */
  total: number
}

export interface Attendance {
  start: Date
  end: Date
  rows: AttendanceRow[]
  /** Moments to write below the line, with their place on it. */
  marks: { at: Date; left: number }[]
}

/** No bar is shorter: a stay of seconds must be seen too. */
const LEAST_WIDTH = 0.75
const STEPS_MINUTES = [1, 2, 5, 10, 15, 30, 60, 120, 240, 480, 1440]
const MOST_MARKS = 5
const MINUTE = 60_000

/** Lays out everybody's stays; null where nobody ever came. Who is still there is drawn until `now`. */
export function layOut(participants: readonly ParticipantView[], now: Date): Attendance | null {
  const visits = participants.flatMap((person) => person.visits)
  if (visits.length === 0) return null
  const ended = (left: string | null) => (left === null ? now.getTime() : Date.parse(left))
  const start = Math.min(...visits.map((visit) => Date.parse(visit.joined_at)))
  const end = Math.max(start + 1, ...visits.map((visit) => ended(visit.left_at)))
  const place = (at: number) => ((at - start) / (end - start)) * 100

  const rows = participants.flatMap((person) => {
    const stays = person.visits.map((visit) => ({ from: Date.parse(visit.joined_at), to: ended(visit.left_at) }))
    if (stays.length === 0) return []
    return {
      id: person.id,
      name: nameOf(person.name),
      isHost: person.role === 'host',
      bars: stays.map(({ from, to }) => bar(place(from), place(to))),
      from: new Date(Math.min(...stays.map((stay) => stay.from))),
      to: person.visits.some((visit) => visit.left_at === null)
        ? null
        : new Date(Math.max(...stays.map((stay) => stay.to))),
      total: stays.reduce((sum, { from, to }) => sum + Math.max(0, to - from), 0),
    }
  })
  return { start: new Date(start), end: new Date(end), rows, marks: marks(start, end, place) }
}

function bar(from: number, to: number): Bar {
  const width = Math.max(LEAST_WIDTH, to - from)
  return { left: Math.min(from, 100 - width), width }
}

/** Full hours, halves, quarters: as fine as fits. Both ends are written by themselves, so nothing stands close to them. */
function marks(start: number, end: number, place: (at: number) => number): Attendance['marks'] {
  const minutes = STEPS_MINUTES.find((step) => (end - start) / (step * MINUTE) <= MOST_MARKS) ?? 10_080
  const step = minutes * MINUTE
  const found: Attendance['marks'] = []
  for (let at = Math.ceil(start / step) * step; at < end; at += step) {
    if (place(at) > 14 && place(at) < 86) found.push({ at: new Date(at), left: place(at) })
  }
  return found
}
