import { beforeEach, expect, test, vi } from 'vitest'
import { firstDates, inWords, isLastOfMonth, ONCE, preview, weekdayOf, type Repeat } from './repeat'

beforeEach(() => {
  vi.stubGlobal('navigator', { languages: ['en-GB'] })
})

// 3 March 2027 is a Wednesday, the first of its month.
const START = '2027-03-03'

function repeat(frequency: Repeat['frequency'], more: Partial<Repeat> = {}): Repeat {
  return { ...ONCE, frequency, ...more }
}

test.each<[string, Repeat, string[]]>([
  ['once', repeat('never'), ['2027-03-03']],
  ['daily', repeat('daily'), ['2027-03-03', '2027-03-04', '2027-03-05', '2027-03-06']],
  ['every third day', repeat('daily', { interval: 3 }), ['2027-03-03', '2027-03-06', '2027-03-09', '2027-03-12']],
  [
    'every second week on two days, the earlier of which is past',
    repeat('weekly', { interval: 2, days: ['TH', 'TU'] }),
    ['2027-03-04', '2027-03-16', '2027-03-18', '2027-03-30'],
  ],
  [
    'until a date',
    repeat('weekly', { days: ['WE'], ends: 'until', until: '2027-03-10' }),
    ['2027-03-03', '2027-03-10'],
  ],
  ['so many times', repeat('daily', { ends: 'count', count: 2 }), ['2027-03-03', '2027-03-04']],
  [
    'monthly by weekday',
    repeat('monthly', { monthly: 'weekday' }),
    ['2027-03-03', '2027-04-07', '2027-05-05', '2027-06-02'],
  ],
  ['until before it begins', repeat('daily', { ends: 'until', until: '2027-01-01' }), []],
  ['on no day of the week', repeat('weekly'), []],
])('%s', (_, how, dates) => expect(firstDates(START, how, 4)).toEqual(dates))

test('what a month does not have is left out', () => {
  expect(firstDates('2027-01-31', repeat('monthly'), 4)).toEqual([
    '2027-01-31',
    '2027-03-31',
    '2027-05-31',
    '2027-07-31',
  ])
  expect(firstDates('2027-01-29', repeat('monthly'), 2)).toEqual(['2027-01-29', '2027-03-29'])
  expect(firstDates('2028-02-29', repeat('monthly', { interval: 12 }), 2)).toEqual(['2028-02-29', '2032-02-29'])
  expect(firstDates('2027-03-31', repeat('monthly', { monthly: 'weekday' }), 2)).toEqual(['2027-03-31', '2027-06-30'])
})

test('the last of a weekday is in every month', () => {
  expect(isLastOfMonth('2027-03-31')).toBe(true)
  expect(isLastOfMonth('2027-03-24')).toBe(false)
  expect(firstDates('2027-03-31', repeat('monthly', { monthly: 'last' }), 3)).toEqual([
    '2027-03-31',
    '2027-04-28',
    '2027-05-26',
  ])
})

test('a date that never comes does not hang the page', () => {
  expect(firstDates('2027-02-30', repeat('monthly', { interval: 12 }), 2)).toEqual([])
})

test('the preview says where the clock is changed', () => {
  const shown = preview(['2027-03-24', '2027-03-31', '2027-04-07'], '09:30', 'Europe/Berlin')
  expect(shown.map(({ at }) => at.toISOString().slice(11, 16))).toEqual(['08:30', '07:30', '07:30'])
  expect(shown.map(({ changed }) => changed)).toEqual([0, 60, 0])
})

test.each<[Repeat, string | null]>([
  [repeat('never'), null],
  [repeat('daily'), 'every day'],
  [repeat('daily', { interval: 2, ends: 'count', count: 1 }), 'every 2 days, once'],
  [repeat('weekly', { days: ['WE'] }), 'every week on Wednesday'],
  [
    repeat('weekly', { interval: 2, days: ['TH', 'TU'], ends: 'until', until: '2027-12-31' }),
    'every 2 weeks on Tuesday and Thursday until 31 December 2027',
  ],
  [repeat('monthly'), 'every month on day 3'],
  [repeat('monthly', { interval: 3, monthly: 'weekday' }), 'every 3 months on the first Wednesday'],
  [repeat('monthly', { monthly: 'last', ends: 'count', count: 4 }), 'every month on the last Wednesday, 4 times'],
])('%o is said in words', (how, words) => expect(inWords(START, how)).toBe(words))

test('weekdays begin with Monday', () => {
  expect(weekdayOf('2027-03-01')).toBe('MO')
  expect(weekdayOf('2027-03-07')).toBe('SU')
})
