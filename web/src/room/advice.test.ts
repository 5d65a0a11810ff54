import { expect, test } from 'vitest'
import { advise } from './advice'

test('the same trouble with both devices is told once', () => {
  const advice = advise({ camera: 'blocked', microphone: 'blocked' }, 'firefox')

  expect(advice).toHaveLength(1)
  expect(advice[0]?.title).toBe('Camera and microphone are blocked')
  expect(advice[0]?.text).toContain('crossed-out')
})

test('different troubles are told one by one', () => {
  const titles = advise({ camera: 'busy', microphone: 'missing' }, 'chromium').map(({ title }) => title)

  expect(titles).toEqual(['No microphone found', 'The camera is in use'])
})

test.each(['chromium', 'firefox', 'safari', 'ios'] as const)('%s has its own way to lift a block', (family) => {
  const others = (['chromium', 'firefox', 'safari', 'ios'] as const).filter((other) => other !== family)
  const text = (of: typeof family) => advise({ camera: 'blocked' }, of)[0]?.text

  for (const other of others) expect(text(family)).not.toBe(text(other))
})

test('no trouble, no advice', () => {
  expect(advise({}, 'safari')).toEqual([])
})
