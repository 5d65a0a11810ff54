/** Walls and instants: what a clock on the wall shows in some IANA zone, and when that is. */

/** A date and a time as a wall shows them: `2027-03-03` and `09:30`. */
export interface Wall {
  date: string
  time: string
}

const MINUTE = 60_000
const DAY = 86_400_000
const formats = new Map<string, Intl.DateTimeFormat>()

/** The zone of this browser. */
export function viewerZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone
}

/** Every zone that this browser knows, with `also` in any case, in order. */
export function zoneNames(...also: string[]): string[] {
  return [...new Set([...Intl.supportedValuesOf('timeZone'), 'UTC', ...also])].sort()
}

/** Whether this browser can show times of that zone. */
export function isZone(zone: string): boolean {
  try {
    formatOf(zone)
    return true
  } catch {
    return false
  }
}

/** What people call a zone: `America/New_York` is New York. */
export function cityOf(zone: string): string {
  return (zone.split('/').at(-1) ?? zone).replaceAll('_', ' ')
}

/** Minutes that a zone's clock is ahead of UTC at a moment. */
export function offsetAt(at: number, zone: string): number {
  const parts = Object.fromEntries(
    formatOf(zone)
      .formatToParts(at)
      .map(({ type, value }) => [type, Number(value)]),
  ) as Record<'year' | 'month' | 'day' | 'hour' | 'minute' | 'second', number>
  const wall = Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour, parts.minute, parts.second)
  return Math.round((wall - at) / MINUTE)
}

/** What the wall shows in a zone at a moment. */
export function wallOf(at: Date, zone: string): Wall {
  const shown = new Date(at.getTime() + offsetAt(at.getTime(), zone) * MINUTE).toISOString()
  return { date: shown.slice(0, 10), time: shown.slice(11, 16) }
}

/**
 * When a wall in a zone shows that. An hour that is left out in spring is read by the clock before it (02:30 is 03:30);
 * one that comes twice in autumn is its first. The server does the same (PEP 495).
 */
export function instantOf({ date, time }: Wall, zone: string): Date {
  const wall = Date.parse(`${date}T${time}:00Z`)
  const before = offsetAt(wall - DAY, zone)
  const first = wall - before * MINUTE
  if (offsetAt(first, zone) === before) return new Date(first)
  const after = offsetAt(wall + DAY, zone)
  const second = wall - after * MINUTE
  return new Date(offsetAt(second, zone) === after ? second : first)
}

/** Whether the clocks of two zones show the same at a moment. */
export function sameClock(at: Date, one: string, other: string): boolean {
  return one === other || offsetAt(at.getTime(), one) === offsetAt(at.getTime(), other)
}

/** A date so many days later, as a calendar counts. */
export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00Z`) + days * DAY).toISOString().slice(0, 10)
}

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone)
  if (known) return known
  const made = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  formats.set(zone, made)
  return made
}
