import { beforeEach, expect, test, vi } from 'vitest'
import { formatLocale } from './locale'
import {
  calendarDate,
  clock,
  clockRange,
  countdown,
  dayWord,
  elsewhere,
  longDate,
  shortDate,
  span,
  startsIn,
} from './moments'

const AT = new Date('2027-03-03T14:30:00Z')
const NOW = new Date('2027-03-02T23:30:00Z')

beforeEach(() => {
  vi.stubGlobal('navigator', { languages: ['de-DE', 'en-GB'] })
})

test('a moment is told in the zone of who looks', () => {
  expect(longDate(AT, 'Europe/Berlin')).toMatch(/^Wednesday,? 3 March 2027$/)
  expect(clock(AT, 'Europe/Berlin')).toBe('15:30')
  expect(clock(AT, 'America/New_York')).toBe('09:30')
  expect(clockRange(AT, new Date('2027-03-03T15:15:00Z'), 'Europe/Berlin').replaceAll(/\s/gu, '')).toBe('15:30–16:15')
  expect(calendarDate('2027-03-03')).toBe('3 March 2027')
})

test('what is near is told by its word, and the day is that of the zone', () => {
  expect(dayWord(AT, 'Europe/Berlin', NOW)).toBe('Today')
  expect(dayWord(AT, 'America/New_York', NOW)).toBe('Tomorrow')
  expect(dayWord(NOW, 'Europe/Berlin', AT)).toBe('Today')
  expect(dayWord(new Date('2027-03-02T12:00Z'), 'UTC', AT)).toBe('Yesterday')
  expect(dayWord(new Date('2027-03-09T12:00Z'), 'UTC', NOW)).toMatch(/^Tue,? 9 Mar$/)
  expect(shortDate(new Date('2026-12-31T12:00Z'), 'UTC', NOW)).toMatch(/^Thu,? 31 Dec 2026$/)
})

test('the other clock is named only where it shows something else', () => {
  expect(elsewhere(AT, 'Europe/Paris', 'Europe/Berlin')).toBeNull()
  expect(elsewhere(AT, 'America/New_York', 'Europe/Berlin')).toBe('09:30 in New York')
  expect(elsewhere(AT, 'Pacific/Auckland', 'Europe/Berlin')).toMatch(/^Thu,? 4 Mar.*, 03:30 in Auckland$/)
})

test('the kind of clock is that of the person, in the language of the page', () => {
  expect(formatLocale(['de-DE', 'en-US'])).toBe('en-US')
  expect(formatLocale(['en'])).toBe('en')
  expect(formatLocale(['fr-FR'])).toBe('en-GB')
})

test.each([
  [20_000, 'under 1 min'],
  [60_000, '1 min'],
  [59 * 60_000, '59 min'],
  [3_600_000, '1 h'],
  [3_900_000, '1 h 5 min'],
])('%i ms is %s', (length, words) => expect(span(length)).toBe(words))

test('a start is announced within the hour before it', () => {
  expect(startsIn(AT, new Date('2027-03-03T13:00Z'))).toBeNull()
  expect(startsIn(AT, new Date('2027-03-03T14:25:30Z'))).toBe('Starts in 5 min')
  expect(startsIn(AT, AT)).toBe('Starts now')
})

test.each([
  [-5, '00:00'],
  [59_001, '01:00'],
  [855_000, '14:15'],
  [3_600_000, '1:00:00'],
  [2 * 86_400_000 + 11_655_000, '2 d 03:14:15'],
])('%i ms run down as %s', (left, shown) => expect(countdown(left)).toBe(shown))
