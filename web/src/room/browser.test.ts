import { expect, test } from 'vitest'
import { browserFamily } from './browser'

const MAC = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)'

test.each([
  [
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36',
    0,
    'chromium',
  ],
  [
    'Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0 Safari/537.36 Edg/141.0',
    0,
    'chromium',
  ],
  ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 0, 'firefox'],
  [`${MAC} Version/18.0 Safari/605.1.15`, 0, 'safari'],
  [`${MAC} Version/18.0 Safari/605.1.15`, 5, 'ios'],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 CriOS/141.0 Mobile Safari/604.1',
    5,
    'ios',
  ],
  ['something new', 0, 'chromium'],
] as const)('%s with %d fingers is of the family %s', (agent, touchPoints, family) => {
  expect(browserFamily(agent, touchPoints)).toBe(family)
})
