import { expect, test } from 'vitest'
import type { ParticipantView } from '../api/types'
import { layOut } from './attendance'

const NOW = new Date('2027-03-03T11:00:00Z')

function person(name: string, ...visits: [string, string | null][]): ParticipantView {
  const at = (time: string) => `2027-03-03T${time}:00Z`
  return {
    id: name,
    name,
    role: name === 'Ada' ? 'host' : 'guest',
    visits: visits.map(([from, to]) => ({ joined_at: at(from), left_at: to === null ? null : at(to) })),
  }
}

test('stays become bars on the line from the first arrival to the last leaving', () => {
  const shown = layOut([person('Ada', ['10:00', '10:40']), person('Ben', ['10:10', '10:20'], ['10:30', '10:40'])], NOW)
  expect(shown?.rows.map(({ name, isHost, bars }) => ({ name, isHost, bars }))).toEqual([
    { name: 'Ada', isHost: true, bars: [{ left: 0, width: 100 }] },
    {
      name: 'Ben',
      isHost: false,
      bars: [
        { left: 25, width: 25 },
        { left: 75, width: 25 },
      ],
    },
  ])
  expect(shown?.rows.map(({ total }) => total / 60_000)).toEqual([40, 20])
})

test('who is still there is drawn until now', () => {
  const shown = layOut([person('Ada', ['10:00', null]), person('Ben', ['10:00', '10:30'])], NOW)
  expect(shown?.rows.map(({ bars }) => bars[0]?.width)).toEqual([100, 50])
  expect(shown?.rows[0]?.to).toBeNull()
  expect(shown?.rows[1]?.to).toEqual(new Date('2027-03-03T10:30:00Z'))
})

test('a stay of a moment is seen, and nothing sticks out', () => {
  const shown = layOut([person('Ada', ['00:00', '10:00']), person('Ben', ['10:00', '10:00'])], NOW)
  expect(shown?.rows[1]?.bars).toEqual([{ left: 99.25, width: 0.75 }])
  expect(layOut([person('Ada', ['10:00', '10:00'])], NOW)?.rows[0]?.bars[0]?.left).toBe(0)
})

test('full hours are written below, but nothing close to an end', () => {
  const shown = layOut([person('Ada', ['08:10', '12:50'])], new Date('2027-03-03T13:00:00Z'))
  expect(shown?.marks.map(({ at }) => at.toISOString().slice(11, 16))).toEqual(['09:00', '10:00', '11:00', '12:00'])
})

test('nobody came: there is nothing to draw', () => {
  expect(layOut([], NOW)).toBeNull()
  expect(layOut([person('Ada')], NOW)).toBeNull()
})
