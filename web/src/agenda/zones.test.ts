import { expect, test } from 'vitest'
import { addDays, cityOf, instantOf, isZone, sameClock, wallOf, zoneNames } from './zones'

test.each([
  ['Europe/Berlin', '2027-01-15', '09:30', '2027-01-15T08:30:00.000Z'],
  ['Europe/Berlin', '2027-07-15', '09:30', '2027-07-15T07:30:00.000Z'],
  ['America/New_York', '2027-03-03', '23:59', '2027-03-04T04:59:00.000Z'],
  ['Asia/Kathmandu', '2028-02-29', '00:00', '2028-02-28T18:15:00.000Z'],
  ['Australia/Lord_Howe', '2027-01-01', '10:30', '2026-12-31T23:30:00.000Z'],
  ['Pacific/Kiritimati', '2027-01-01', '00:00', '2026-12-31T10:00:00.000Z'],
])('a wall in %s shows %s %s at %s', (zone, date, time, instant) => {
  expect(instantOf({ date, time }, zone).toISOString()).toBe(instant)
  expect(wallOf(new Date(instant), zone)).toEqual({ date, time })
})

test('an hour that is left out is read by the clock before it, one that comes twice is its first', () => {
  expect(instantOf({ date: '2027-03-28', time: '02:30' }, 'Europe/Berlin').toISOString()).toBe(
    '2027-03-28T01:30:00.000Z',
  )
  expect(instantOf({ date: '2027-10-31', time: '02:30' }, 'Europe/Berlin').toISOString()).toBe(
    '2027-10-31T00:30:00.000Z',
  )
  expect(instantOf({ date: '2027-03-28', time: '03:00' }, 'Europe/Berlin').toISOString()).toBe(
    '2027-03-28T01:00:00.000Z',
  )
  expect(instantOf({ date: '2027-11-07', time: '01:30' }, 'America/New_York').toISOString()).toBe(
    '2027-11-07T05:30:00.000Z',
  )
})

test('zones are compared by their clocks, which differ only for a while in spring', () => {
  expect(sameClock(new Date('2027-01-15T12:00Z'), 'Europe/Berlin', 'Europe/Paris')).toBe(true)
  expect(sameClock(new Date('2027-01-15T12:00Z'), 'Europe/London', 'Atlantic/Reykjavik')).toBe(true)
  expect(sameClock(new Date('2027-07-15T12:00Z'), 'Europe/London', 'Atlantic/Reykjavik')).toBe(false)
})

test('a zone is called by its city, and every zone that is wanted can be chosen', () => {
  expect(cityOf('America/Argentina/Buenos_Aires')).toBe('Buenos Aires')
  expect(cityOf('UTC')).toBe('UTC')
  expect(zoneNames('Asia/Kolkata')).toContain('Asia/Kolkata')
  expect(zoneNames('UTC').filter((zone) => zone === 'UTC')).toHaveLength(1)
  expect(isZone('Europe/Berlin')).toBe(true)
  expect(isZone('Europe/Atlantis')).toBe(false)
})

test('days are counted as a calendar does', () => {
  expect(addDays('2028-02-28', 1)).toBe('2028-02-29')
  expect(addDays('2027-02-28', 1)).toBe('2027-03-01')
  expect(addDays('2027-01-01', -1)).toBe('2026-12-31')
})
