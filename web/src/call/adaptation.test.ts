import { describe, expect, it } from 'vitest'
import {
  cameraBitrate,
  cameraEncoding,
  cameraHeight,
  screenEncoding,
  UNDISTURBED,
  type Demand,
  type Health,
  type Pace,
} from './adaptation'
import { adapt, MOST_STEPS } from './pace'

const HD = { width: 1280, height: 720 }
const GOOD: Health = { loss: 0, limitation: 'none', available: null }
const LOSSY: Health = { loss: 0.2, limitation: 'none', available: null }

function camera(demand: Partial<Demand>) {
  return cameraEncoding({ people: 2, capture: HD, shown: 1080, step: 0, ...demand })
}

function looks(pace: Pace, ...healths: Health[]): Pace {
  return healths.reduce((before, health) => adapt(before, health, 500_000), pace)
}

function times(count: number, health: Health): Health[] {
  return Array.from({ length: count }, () => health)
}

describe('limits by the number of people', () => {
  it.each([
    [1, 1_200_000, 720],
    [2, 1_200_000, 720],
    [3, 1_200_000, 720],
    [4, 833_333, 720],
    [5, 625_000, 360],
    [6, 500_000, 360],
    [8, 357_142, 180],
    [20, 150_000, 180],
  ])('%i people: %i bit/s, %ip', (people, bitrate, height) => {
    expect(Math.floor(cameraBitrate(people))).toBe(bitrate)
    expect(cameraHeight(people)).toBe(height)
  })
})

describe('cameraEncoding', () => {
  it.each([
    ['two people, full size', {}, 1, 1_200_000],
    ['not known yet what is shown', { shown: null }, 2, 500_000],
    ['a small tile', { shown: 170 }, 4, 150_000],
    ['a tile a tenth larger than a rung', { shown: 390 }, 2, 500_000],
    ['four people', { people: 4 }, 1, 833_333],
    ['six people', { people: 6 }, 2, 500_000],
    ['eight people', { people: 8 }, 4, 150_000],
    ['a step down', { step: 1 }, 720 / 540, 800_000],
    ['a small camera', { capture: { width: 640, height: 480 } }, 1, 800_000],
    ['a tiny camera', { capture: { width: 160, height: 120 } }, 1, 150_000],
    ['a phone held upright', { capture: { width: 720, height: 1280 }, shown: 800 }, 4 / 3, 800_000],
    ['a camera that says nothing', { capture: { width: 0, height: 0 } }, 1, 1_200_000],
  ] as const)('%s', (_, demand, scale, bitrate) => {
    const encoding = camera(demand)
    expect(encoding.scaleResolutionDownBy).toBeCloseTo(scale)
    expect(encoding.maxBitrate).toBe(bitrate)
    expect(encoding.active).toBe(true)
  })

  it('sends nothing to somebody who hides the picture', () => {
    expect(camera({ shown: 0 }).active).toBe(false)
  })

  it('gives up frames only below the last rung', () => {
    expect(camera({ shown: 180, step: 0 }).maxFramerate).toBe(30)
    expect(camera({ shown: 180, step: 1 }).maxFramerate).toBe(15)
  })

  it('never scales up', () => {
    for (let height = 90; height <= 2160; height += 90) {
      for (let step = 0; step <= MOST_STEPS; step++) {
        const capture = { width: (height * 16) / 9, height }
        expect(camera({ capture, step }).scaleResolutionDownBy).toBeGreaterThanOrEqual(1)
      }
    }
  })
})

describe('screenEncoding', () => {
  const capture = { width: 1920, height: 1080 }

  it.each([
    [1080, 1],
    [700, 1],
    [500, 2],
    [100, 4],
    [null, 1],
  ])('shown at %s pixels is scaled by %i', (shown, scale) => {
    expect(screenEncoding({ people: 2, capture, shown, step: 0 }).scaleResolutionDownBy).toBe(scale)
  })

  it('keeps its size and loses bits and frames when it has to', () => {
    const calm = screenEncoding({ people: 3, capture, shown: 1080, step: 0 })
    const hard = screenEncoding({ people: 3, capture, shown: 1080, step: 4 })
    expect(calm).toEqual({ active: true, maxBitrate: 2_500_000, scaleResolutionDownBy: 1, maxFramerate: 20 })
    expect(hard).toEqual({ active: true, maxBitrate: 833_333, scaleResolutionDownBy: 1, maxFramerate: 5 })
  })

  it('is not sent to somebody who hides it', () => {
    expect(screenEncoding({ people: 2, capture, shown: 0, step: 0 }).active).toBe(false)
  })
})

describe('adapt', () => {
  it('waits for a second bad look', () => {
    expect(looks(UNDISTURBED, LOSSY).step).toBe(0)
    expect(looks(UNDISTURBED, LOSSY, GOOD, LOSSY).step).toBe(0)
    expect(looks(UNDISTURBED, LOSSY, LOSSY).step).toBe(1)
  })

  it.each([
    ['the processor is too slow', { loss: 0, limitation: 'cpu', available: null }, 1],
    ['the line is too thin', { loss: 0, limitation: 'bandwidth', available: 200_000 }, 1],
    ['the limit itself holds it back', { loss: 0, limitation: 'bandwidth', available: 600_000 }, 0],
    ['nothing is known', { loss: null, limitation: 'none', available: null }, 0],
  ] as const)('%s', (_, health, step) => {
    expect(looks(UNDISTURBED, health, health).step).toBe(step)
  })

  it('remembers that the machine did not keep up until it is up again, and puts nothing else down to it', () => {
    const slow: Health = { ...GOOD, limitation: 'cpu' }
    expect(looks(UNDISTURBED, LOSSY, LOSSY).strained).toBe(false)
    const down = looks(UNDISTURBED, slow, slow, LOSSY, LOSSY)
    expect(down).toMatchObject({ step: 2, strained: true })
    const up = looks(down, ...times(5, GOOD))
    expect(up).toMatchObject({ step: 1, strained: true })
    expect(looks(up, ...times(5, GOOD))).toMatchObject({ step: 0, strained: false })
  })

  it('stops at the last step', () => {
    expect(looks(UNDISTURBED, ...times(50, LOSSY)).step).toBe(MOST_STEPS)
  })

  it('steps up after five good looks, and neither good nor bad ones count', () => {
    const down = looks(UNDISTURBED, LOSSY, LOSSY)
    expect(looks(down, ...times(4, GOOD)).step).toBe(1)
    expect(looks(down, ...times(5, GOOD)).step).toBe(0)
    expect(looks(down, ...times(4, GOOD), { ...GOOD, loss: 0.05 }, GOOD).step).toBe(1)
  })

  it('gets more patient when a step up was one too many, and forgives after a quiet time', () => {
    const once = looks(UNDISTURBED, LOSSY, LOSSY, ...times(5, GOOD), LOSSY, LOSSY)
    expect(once.step).toBe(1)
    expect(looks(once, ...times(9, GOOD)).step).toBe(1)
    const raised = looks(once, ...times(10, GOOD))
    expect(raised.step).toBe(0)
    const later = looks(raised, ...times(10, GOOD), LOSSY, LOSSY)
    expect(looks(later, ...times(5, GOOD)).step).toBe(0)
  })
})
