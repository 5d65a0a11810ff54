/** Moments in words, in a zone that is named by whoever asks. */
import { m } from '../i18n/paraglide/messages.js'
import { formatLocale } from './locale'
import { addDays, cityOf, sameClock, wallOf } from './zones'

/** `09:30`, but `9:30 AM`: a clock of twelve hours has no leading nought. */
function clockFormat(zone: string): Intl.DateTimeFormat {
  const plain = new Intl.DateTimeFormat(formatLocale(), { timeZone: zone, hour: 'numeric', minute: '2-digit' })
  if (plain.resolvedOptions().hour12) return plain
  return new Intl.DateTimeFormat(formatLocale(), { timeZone: zone, hour: '2-digit', minute: '2-digit' })
}

function format(at: Date, zone: string, how: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat(formatLocale(), { timeZone: zone, ...how }).format(at)
}

/** `Wednesday 3 March 2027`. */
export function longDate(at: Date, zone: string): string {
  return format(at, zone, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' })
}

/** `Wed 3 Mar`, with the year where it is not this one. */
export function shortDate(at: Date, zone: string, now: Date = new Date()): string {
  const sameYear = wallOf(at, zone).date.slice(0, 4) === wallOf(now, zone).date.slice(0, 4)
  const year = sameYear ? {} : ({ year: 'numeric' } as const)
  return format(at, zone, { weekday: 'short', day: 'numeric', month: 'short', ...year })
}

/** `3 March 2027`, of a calendar date that belongs to no zone. */
export function calendarDate(date: string): string {
  return format(new Date(`${date}T00:00Z`), 'UTC', { day: 'numeric', month: 'long', year: 'numeric' })
}

/** `09:30`. */
export function clock(at: Date, zone: string): string {
  return clockFormat(zone).format(at)
}

/** `09:30 – 10:15`. */
export function clockRange(start: Date, end: Date, zone: string): string {
  return clockFormat(zone).formatRange(start, end)
}

/** `Today`, `Tomorrow`, `Yesterday`, or the short date. */
export function dayWord(at: Date, zone: string, now: Date = new Date()): string {
  const day = wallOf(at, zone).date
  const today = wallOf(now, zone).date
  if (day === today) return m.day_today()
  if (day === addDays(today, 1)) return m.day_tomorrow()
  if (day === addDays(today, -1)) return m.day_yesterday()
  return shortDate(at, zone, now)
}

/** The month that a list is grouped by: `March 2027`. */
export function monthOf(at: Date, zone: string): string {
  return format(at, zone, { month: 'long', year: 'numeric' })
}

/** `15:30 in New York`, with the day where it is another one there; null where the clocks show the same. */
export function elsewhere(at: Date, zone: string, viewer: string): string | null {
  if (sameClock(at, zone, viewer)) return null
  const there = clock(at, zone)
  const time = wallOf(at, zone).date === wallOf(at, viewer).date ? there : `${shortDate(at, zone)}, ${there}`
  return m.time_in_city({ time, city: cityOf(zone) })
}

/** `1 h 5 min`, `45 min`; what lasts less than a minute is said so. */
export function span(milliseconds: number): string {
  const minutes = Math.round(milliseconds / 60_000)
  if (minutes < 1) return m.span_short()
  const hours = Math.floor(minutes / 60)
  if (hours === 0) return m.span_minutes({ minutes })
  return minutes % 60 === 0 ? m.span_hours({ hours }) : m.span_both({ hours, minutes: minutes % 60 })
}

/** How long until a start, where that is worth saying: within the hour before it, and for what is late. */
export function startsIn(start: Date, now: Date): string | null {
  const minutes = Math.ceil((start.getTime() - now.getTime()) / 60_000)
  if (minutes > 60) return null
  return minutes > 0 ? m.starts_in({ minutes }) : m.starts_now()
}

/** Days, hours, minutes and seconds to a moment as a clock that runs down: `2 d 03:14:15`, `14:15`. */
export function countdown(milliseconds: number): string {
  const left = Math.max(0, Math.ceil(milliseconds / 1000))
  const two = (value: number) => String(value).padStart(2, '0')
  const [days, hours, minutes] = [Math.floor(left / 86_400), Math.floor(left / 3600) % 24, Math.floor(left / 60) % 60]
  const tail = `${two(minutes)}:${two(left % 60)}`
  if (days > 0) return m.countdown_days({ days, rest: `${two(hours)}:${tail}` })
  return hours > 0 ? `${hours}:${tail}` : tail
}
