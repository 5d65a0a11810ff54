/** A meeting as the form holds it while somebody plans it, and the way from the API and back to it. */
import type { MeetingChange, MeetingView, NewMeeting, Recurrence } from '../api/types'
import { m } from '../i18n/paraglide/messages.js'
import { looksLikeAddress, MOST_INVITEES } from './addresses'
import { firstDates, isLastOfMonth, ONCE, ordinalOf, WEEKDAYS, weekdayOf, type Repeat, type Weekday } from './repeat'
import { instantOf, wallOf } from './zones'

export interface Plan {
  title: string
  description: string
  date: string
  time: string
  minutes: number
  zone: string
  repeat: Repeat
  /** Empty for none. */
  password: string
  lobby: boolean
  engine: 'auto' | 'direct' | 'jitsi'
  earlyMinutes: number
  beforeHost: boolean
  invitees: string[]
  /** Minutes before each start. */
  reminders: number[]
}

/** What is wrong, by the name that the API has for the field. `invitees.3` is about one address. */
export type PlanErrors = Record<string, string>

export const LENGTHS = [15, 30, 45, 60, 90, 120, 180, 240] as const
export const REMINDERS = [10, 60, 1440] as const
export const EARLY = [0, 5, 10, 15, 30, 60] as const

const HALF_HOUR = 1_800_000
const QUARTER = 900_000

/** What the form begins with: a half hour that is not just about to start. */
export function newPlan(now: Date, zone: string): Plan {
  const soon = new Date(Math.ceil((now.getTime() + QUARTER) / HALF_HOUR) * HALF_HOUR)
  return {
    title: '',
    description: '',
    ...wallOf(soon, zone),
    minutes: 60,
    zone,
    repeat: { ...ONCE, days: [weekdayOf(wallOf(soon, zone).date)] },
    password: '',
    lobby: false,
    engine: 'auto',
    earlyMinutes: 15,
    beforeHost: true,
    invitees: [],
    reminders: [1440, 10],
  }
}

/** What the form shows of a meeting that is there already; null where its creator's settings are not told. */
export function planOf(view: MeetingView): Plan | null {
  const { schedule } = view
  if (schedule === undefined) return null
  // Of a series that goes on, what is to come is moved from its next date on.
  const wall = wallOf(new Date(view.occurrence ?? schedule.starts_at), schedule.time_zone)
  return {
    title: view.title,
    description: view.description,
    ...wall,
    minutes: schedule.duration_minutes,
    zone: schedule.time_zone,
    repeat: repeatOf(schedule.recurrence, wall.date),
    password: view.password ?? '',
    lobby: view.lobby,
    engine: view.engine,
    earlyMinutes: schedule.early_entry_minutes,
    beforeHost: schedule.before_host,
    invitees: schedule.invitees.map(({ email }) => email),
    reminders: [...schedule.reminders],
  }
}

/** Looks over a plan before it is sent. The server decides; this saves a round trip. */
export function checkPlan(plan: Plan, now: Date): PlanErrors {
  const errors: PlanErrors = {}
  if (!/^\d{4}-\d\d-\d\d$/u.test(plan.date)) errors['starts_at'] = m.schedule_date_missing()
  else if (!/^\d\d:\d\d$/u.test(plan.time)) errors['time'] = m.schedule_time_missing()
  if (!Number.isInteger(plan.minutes) || plan.minutes < 5 || plan.minutes > 1440) {
    errors['duration_minutes'] = m.schedule_length_wrong()
  }
  Object.assign(errors, checkRepeat(plan))
  if (Object.keys(errors).length === 0) Object.assign(errors, checkDates(plan, now))
  plan.invitees.forEach((address, index) => {
    if (!looksLikeAddress(address)) errors[`invitees.${index}`] = m.invitee_wrong({ address })
  })
  if (plan.invitees.length > MOST_INVITEES) errors['invitees'] = m.invitees_too_many({ count: MOST_INVITEES })
  return errors
}

function checkRepeat({ date, repeat }: Plan): PlanErrors {
  const errors: PlanErrors = {}
  if (repeat.frequency === 'never') return errors
  if (!Number.isInteger(repeat.interval) || repeat.interval < 1 || repeat.interval > 99) {
    errors['recurrence.interval'] = m.repeat_interval_wrong()
  }
  if (repeat.frequency === 'weekly' && repeat.days.length === 0) errors['recurrence.weekdays'] = m.repeat_days_missing()
  if (repeat.ends === 'until' && (repeat.until === '' || repeat.until < date)) {
    errors['recurrence.until'] = m.repeat_until_wrong()
  }
  if (repeat.ends === 'count' && (!Number.isInteger(repeat.count) || repeat.count < 1 || repeat.count > 1000)) {
    errors['recurrence.count'] = m.repeat_count_wrong()
  }
  return errors
}

function checkDates(plan: Plan, now: Date): PlanErrors {
  const [first] = firstDates(plan.date, plan.repeat, 1)
  if (first === undefined) return { 'recurrence.until': m.repeat_never_comes() }
  const ends = instantOf({ date: first, time: plan.time }, plan.zone).getTime() + plan.minutes * 60_000
  return plan.repeat.frequency === 'never' && ends <= now.getTime() ? { starts_at: m.schedule_past() } : {}
}

/** The body that makes this meeting. */
export function wishOf(plan: Plan): NewMeeting {
  return { kind: 'scheduled', ...settingsOf(plan) }
}

function settingsOf(plan: Plan): Omit<NewMeeting, 'kind'> {
  return {
    title: plan.title.trim(),
    description: plan.description.trim(),
    password: plan.password === '' ? null : plan.password,
    engine: plan.engine,
    lobby: plan.lobby,
    starts_at: startOf(plan).toISOString(),
    duration_minutes: plan.minutes,
    time_zone: plan.zone,
    recurrence: recurrenceOf(plan),
    early_entry_minutes: plan.earlyMinutes,
    before_host: plan.beforeHost,
    reminders: plan.reminders,
    invitees: plan.invitees,
  }
}

/** The body that makes one plan of another: what is the same is left out, so that nobody is told of a change in vain. */
export function changeOf(before: Plan, after: Plan): MeetingChange {
  const was = settingsOf(before)
  const changed = Object.entries(settingsOf(after)).filter(
    ([field, value]) => JSON.stringify(value) !== JSON.stringify(was[field as keyof typeof was]),
  )
  return Object.fromEntries(changed)
}

export function startOf({ date, time, zone }: Plan): Date {
  return instantOf({ date, time }, zone)
}

const lower = (day: Weekday) => day.toLowerCase() as Lowercase<Weekday>
const upper = (day: Lowercase<Weekday>) => day.toUpperCase() as Weekday

export function recurrenceOf({ date, repeat }: Pick<Plan, 'date' | 'repeat'>): Recurrence | null {
  if (repeat.frequency === 'never') return null
  const byWeekday = repeat.frequency === 'monthly' && repeat.monthly !== 'date'
  const days = byWeekday ? [weekdayOf(date)] : repeat.frequency === 'weekly' ? repeat.days : []
  return {
    freq: repeat.frequency,
    interval: repeat.interval,
    weekdays: WEEKDAYS.filter((day) => days.includes(day)).map(lower),
    month_day: repeat.frequency === 'monthly' && !byWeekday ? Number(date.slice(8, 10)) : null,
    nth: byWeekday ? (repeat.monthly === 'last' ? -1 : (ordinalOf(date) as 1 | 2 | 3 | 4)) : null,
    until: repeat.ends === 'until' ? repeat.until : null,
    count: repeat.ends === 'count' ? repeat.count : null,
  }
}

/** A recurrence as the form holds it; `date` is one on which the meeting takes place. */
export function repeatOf(recurrence: Recurrence | null, date: string): Repeat {
  const days = (recurrence?.weekdays ?? []).map(upper)
  return {
    ...ONCE,
    frequency: recurrence?.freq ?? 'never',
    interval: recurrence?.interval ?? 1,
    days: days.length > 0 ? days : [weekdayOf(date)],
    monthly: recurrence?.nth === -1 ? 'last' : recurrence?.nth ? 'weekday' : 'date',
    ends: recurrence?.until ? 'until' : recurrence?.count ? 'count' : 'never',
    until: recurrence?.until ?? '',
    count: recurrence?.count ?? ONCE.count,
  }
}

/** The ways to repeat monthly that a date allows: there is a fifth Wednesday only now and then, so that one is the last. */
export function monthlyWays(date: string): Repeat['monthly'][] {
  const ways: Repeat['monthly'][] = ['date']
  if (ordinalOf(date) <= 4) ways.push('weekday')
  if (isLastOfMonth(date)) ways.push('last')
  return ways
}
