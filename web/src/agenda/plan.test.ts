import { expect, test } from 'vitest'
import type { MeetingView } from '../api/types'
import { changeOf, checkPlan, monthlyWays, newPlan, planOf, recurrenceOf, repeatOf, wishOf, type Plan } from './plan'
import { ONCE } from './repeat'

const NOW = new Date('2027-03-03T08:50:00Z')

function aPlan(more: Partial<Plan> = {}): Plan {
  return { ...newPlan(NOW, 'Europe/Berlin'), ...more }
}

function weekly(more: Partial<Plan['repeat']> = {}): Plan['repeat'] {
  return { ...ONCE, frequency: 'weekly', days: ['WE'], ...more }
}

test('a new plan is for the next half hour that leaves time to invite', () => {
  expect(aPlan()).toMatchObject({ date: '2027-03-03', time: '10:30', zone: 'Europe/Berlin' })
  expect(newPlan(new Date('2027-03-03T08:44:00Z'), 'UTC').time).toBe('09:00')
  expect(newPlan(new Date('2027-12-31T23:50:00Z'), 'UTC')).toMatchObject({ date: '2028-01-01', time: '00:30' })
})

test('a plan becomes what the API takes', () => {
  const plan = aPlan({ title: ' Weekly ', invitees: ['ada@example.org'], repeat: weekly({ days: ['TH', 'TU'] }) })
  expect(wishOf(plan)).toMatchObject({
    kind: 'scheduled',
    title: 'Weekly',
    starts_at: '2027-03-03T09:30:00.000Z',
    time_zone: 'Europe/Berlin',
    password: null,
    recurrence: { freq: 'weekly', interval: 1, weekdays: ['tu', 'th'], until: null, count: null },
    invitees: ['ada@example.org'],
  })
})

test.each([
  ['once', { ...ONCE, days: ['WE' as const] }],
  ['weekly until', weekly({ interval: 2, ends: 'until', until: '2027-12-31' })],
  ['so many times', weekly({ ends: 'count', count: 4 })],
  ['monthly by date', { ...ONCE, frequency: 'monthly' as const, days: ['WE' as const] }],
  [
    'monthly by weekday',
    { ...ONCE, frequency: 'monthly' as const, monthly: 'weekday' as const, days: ['WE' as const] },
  ],
  [
    'monthly by last weekday',
    { ...ONCE, frequency: 'monthly' as const, monthly: 'last' as const, days: ['WE' as const] },
  ],
])('%s comes back from the API as it went', (_, repeat) => {
  expect(repeatOf(recurrenceOf({ date: '2027-03-03', repeat }), '2027-03-03')).toEqual(repeat)
})

test('only what was changed is sent', () => {
  const before = aPlan({ invitees: ['ada@example.org'] })
  expect(changeOf(before, { ...before, title: 'Other ' })).toEqual({ title: 'Other' })
  expect(changeOf(before, { ...before, time: '11:00' })).toEqual({ starts_at: '2027-03-03T10:00:00.000Z' })
  expect(changeOf(before, { ...before })).toEqual({})
})

test('a meeting that is there fills the form with its next date', () => {
  const view = {
    title: 'Weekly',
    description: '',
    password: 'sesame',
    lobby: true,
    engine: 'direct',
    occurrence: '2027-03-31T07:30:00Z',
    schedule: {
      starts_at: '2027-03-03T08:30:00Z',
      duration_minutes: 45,
      time_zone: 'Europe/Berlin',
      recurrence: {
        freq: 'weekly',
        interval: 1,
        weekdays: ['we'],
        month_day: null,
        nth: null,
        until: null,
        count: null,
      },
      early_entry_minutes: 5,
      before_host: false,
      reminders: [10],
      invitees: [{ email: 'ada@example.org', answer: null, answered_at: null }],
    },
  } as unknown as MeetingView
  expect(planOf(view)).toMatchObject({
    date: '2027-03-31',
    time: '09:30',
    password: 'sesame',
    invitees: ['ada@example.org'],
  })
})

test.each<[string, Partial<Plan>, string[]]>([
  ['no date', { date: '' }, ['starts_at']],
  ['no time', { time: '' }, ['time']],
  ['over already', { date: '2027-03-02' }, ['starts_at']],
  ['too long', { minutes: 1441 }, ['duration_minutes']],
  ['on no weekday', { repeat: weekly({ days: [] }) }, ['recurrence.weekdays']],
  ['ends before it begins', { repeat: weekly({ ends: 'until', until: '2027-03-01' }) }, ['recurrence.until']],
  [
    'ends before its first day',
    { repeat: weekly({ days: ['TU'], ends: 'until', until: '2027-03-05' }) },
    ['recurrence.until'],
  ],
  ['every 0 weeks', { repeat: weekly({ interval: 0 }) }, ['recurrence.interval']],
  ['0 times', { repeat: weekly({ ends: 'count', count: 0 }) }, ['recurrence.count']],
  ['a wrong address', { invitees: ['ada@example.org', 'ben'] }, ['invitees.1']],
  ['all right', { repeat: weekly(), invitees: ['ada@example.org'] }, []],
])('%s is seen', (_, more, fields) => expect(Object.keys(checkPlan(aPlan(more), NOW))).toEqual(fields))

test('a fifth weekday is the last one', () => {
  expect(monthlyWays('2027-03-03')).toEqual(['date', 'weekday'])
  expect(monthlyWays('2027-02-24')).toEqual(['date', 'weekday', 'last'])
  expect(monthlyWays('2027-03-31')).toEqual(['date', 'last'])
})
