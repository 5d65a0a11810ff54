/** How often a meeting takes place, as the form holds it; and on which dates that is. Dates here belong to no zone. */
import { m } from '../i18n/paraglide/messages.js'
import { formatLocale } from './locale'
import { calendarDate } from './moments'
import { addDays, instantOf, offsetAt } from './zones'

export const WEEKDAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'] as const

export type Weekday = (typeof WEEKDAYS)[number]

export interface Repeat {
  frequency: 'never' | 'daily' | 'weekly' | 'monthly'
  interval: number
  /** Of a weekly one. */
  days: Weekday[]
  /** Of a monthly one: the 3rd, the first Wednesday, or the last Wednesday. */
  monthly: 'date' | 'weekday' | 'last'
  ends: 'never' | 'until' | 'count'
  /** The last date that counts; empty where none was chosen. */
  until: string
  count: number
}

export const ONCE: Readonly<Repeat> = {
  frequency: 'never',
  interval: 1,
  days: [],
  monthly: 'date',
  ends: 'never',
  until: '',
  count: 10,
}

/** So many empty months, or weeks, are looked at before a rule counts as one without dates. */
const PATIENCE = 1500

/** Which day of the week a date is. */
export function weekdayOf(date: string): Weekday {
  return WEEKDAYS[(new Date(`${date}T00:00Z`).getUTCDay() + 6) % 7] ?? 'MO'
}

/** `Wednesday`, or `Wed`. */
export function weekdayName(day: Weekday, width: 'long' | 'short' = 'long'): string {
  // 4 January 2027 is a Monday.
  const at = Date.UTC(2027, 0, 4 + WEEKDAYS.indexOf(day))
  return new Intl.DateTimeFormat(formatLocale(), { weekday: width, timeZone: 'UTC' }).format(at)
}

/** Which of its weekday a date is in its month, 1 to 5. */
export function ordinalOf(date: string): number {
  return Math.ceil(dayOf(date) / 7)
}

/** Whether a date is the last of its weekday in its month. */
export function isLastOfMonth(date: string): boolean {
  return dayOf(date) + 7 > daysIn(date)
}

/** The dates of a meeting from its first on; one that takes place once has one. */
export function* datesOf(start: string, repeat: Repeat): Generator<string> {
  if (repeat.frequency === 'never') {
    yield start
    return
  }
  let count = 0
  let barren = 0
  for (let step = 0; barren < PATIENCE; step += 1) {
    const found = datesInStep(start, repeat, step).filter((date) => date >= start)
    barren = found.length === 0 ? barren + 1 : 0
    for (const date of found) {
      if (repeat.ends === 'until' && date > repeat.until) return
      if (repeat.ends === 'count' && count >= repeat.count) return
      count += 1
      yield date
    }
  }
}

/** The first dates of a meeting, at most so many. */
export function firstDates(start: string, repeat: Repeat, most: number): string[] {
  const found: string[] = []
  for (const date of datesOf(start, repeat)) {
    found.push(date)
    if (found.length === most) break
  }
  return found
}

function datesInStep(start: string, repeat: Repeat, step: number): string[] {
  const steps = step * Math.max(1, repeat.interval)
  if (repeat.frequency === 'daily') return [addDays(start, steps)]
  if (repeat.frequency === 'weekly') {
    const monday = addDays(start, steps * 7 - WEEKDAYS.indexOf(weekdayOf(start)))
    return WEEKDAYS.flatMap((day, index) => (repeat.days.includes(day) ? [addDays(monday, index)] : []))
  }
  const month = monthLater(start, steps)
  if (repeat.monthly === 'date') return dayOf(start) > daysIn(month) ? [] : [withDay(month, dayOf(start))]
  const offset = (WEEKDAYS.indexOf(weekdayOf(start)) - WEEKDAYS.indexOf(weekdayOf(month)) + 7) % 7
  const all = [0, 1, 2, 3, 4].map((week) => offset + 1 + week * 7).filter((day) => day <= daysIn(month))
  const day = repeat.monthly === 'last' ? all.at(-1) : all[ordinalOf(start) - 1]
  return day === undefined ? [] : [withDay(month, day)]
}

/** Moments at which these dates begin, each with whether the zone's clock was changed since the one before it. */
export function preview(dates: string[], time: string, zone: string): { at: Date; changed: number }[] {
  let before: number | null = null
  return dates.map((date) => {
    const at = instantOf({ date, time }, zone)
    const offset = offsetAt(at.getTime(), zone)
    const changed = before === null ? 0 : offset - before
    before = offset
    return { at, changed }
  })
}

/** `every 2 weeks on Tuesday and Thursday until 3 March 2027`; null for what takes place once. */
export function inWords(start: string, repeat: Repeat): string | null {
  if (repeat.frequency === 'never') return null
  const often = howOften(start, repeat)
  if (repeat.ends === 'until' && repeat.until !== '') {
    return m.repeat_until({ often, date: calendarDate(repeat.until) })
  }
  return repeat.ends === 'count' ? m.repeat_times({ often, count: repeat.count }) : often
}

function howOften(start: string, repeat: Repeat): string {
  const count = repeat.interval
  switch (repeat.frequency) {
    case 'never':
    case 'daily':
      return m.repeat_days({ count })
    case 'weekly': {
      const days = WEEKDAYS.filter((day) => repeat.days.includes(day)).map((day) => weekdayName(day))
      const weeks = m.repeat_weeks({ count })
      if (days.length === 0) return weeks
      return m.repeat_weeks_on({ weeks, days: new Intl.ListFormat(formatLocale()).format(days) })
    }
    case 'monthly':
      return m.repeat_months_on({ months: m.repeat_months({ count }), which: whichDay(start, repeat.monthly) })
  }
}

/** `day 3`, `the first Wednesday`, or `the last Wednesday` of a month. */
export function whichDay(start: string, monthly: Repeat['monthly']): string {
  if (monthly === 'date') return m.monthly_day({ day: dayOf(start) })
  const weekday = weekdayName(weekdayOf(start))
  if (monthly === 'last') return m.monthly_last({ weekday })
  const ordinals = [m.monthly_first, m.monthly_second, m.monthly_third, m.monthly_fourth]
  return (ordinals[ordinalOf(start) - 1] ?? m.monthly_first)({ weekday })
}

function dayOf(date: string): number {
  return Number(date.slice(8, 10))
}

function withDay(date: string, day: number): string {
  return `${date.slice(0, 8)}${String(day).padStart(2, '0')}`
}

/** The first of the month that is so many months later. */
function monthLater(date: string, months: number): string {
  const year = Number(date.slice(0, 4))
  const month = Number(date.slice(5, 7)) - 1 + months
  return new Date(Date.UTC(year, month, 1)).toISOString().slice(0, 10)
}

function daysIn(date: string): number {
  return new Date(Date.UTC(Number(date.slice(0, 4)), Number(date.slice(5, 7)), 0)).getUTCDate()
}
