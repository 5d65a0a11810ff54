import { expect, it } from 'vitest'
import { Pace, FRAME_MILLISECONDS, PATIENCE } from './pace'

/** Milliseconds until a pace gives up when every frame takes so long; null when it never does within a minute. */
function givesUpAfter(spent: (now: number) => number): number | null {
  const pace = new Pace()
  let now = 0
  while (now < 60_000) {
    const took = spent(now)
    now += Math.max(took, 40)
    if (pace.exceeded(took, now)) return now
  }
  return null
}

it('a device that keeps up is left alone', () => {
  expect(givesUpAfter(() => 15)).toBeNull()
  expect(givesUpAfter(() => FRAME_MILLISECONDS)).toBeNull()
})

it('a device that is too slow for some seconds is too slow', () => {
  const after = givesUpAfter(() => 2 * FRAME_MILLISECONDS)
  expect(after).toBeGreaterThanOrEqual(PATIENCE)
  expect(after).toBeLessThan(PATIENCE + 1000)
})

it('a slow start and busy moments are forgiven', () => {
  expect(givesUpAfter((now) => (now === 0 ? 900 : 30))).toBeNull()
  expect(givesUpAfter((now) => (now % 20_000 < 3000 ? 250 : 30))).toBeNull()
})

it('what gets slower later is noticed then', () => {
  const after = givesUpAfter((now) => (now < 20_000 ? 20 : 300))
  expect(after).toBeGreaterThanOrEqual(20_000 + PATIENCE)
  expect(after).toBeLessThan(20_000 + PATIENCE + 3000)
})
