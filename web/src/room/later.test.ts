import { expect, test, vi } from 'vitest'
import { Later } from './later.svelte'

test('what could not be fetched is fetched again, and nothing twice at a time', async () => {
  vi.useFakeTimers()
  const fetch = vi.fn<() => Promise<string>>()
  fetch.mockRejectedValueOnce(new TypeError('the server is away')).mockResolvedValue('there')
  const later = new Later(fetch)

  later.load()
  later.load()
  await vi.advanceTimersByTimeAsync(0)
  expect([later.there, later.failed]).toEqual([null, true])
  expect(fetch).toHaveBeenCalledTimes(1)

  await vi.advanceTimersByTimeAsync(3000)
  expect([later.there, later.failed]).toEqual(['there', false])
  later.load()
  expect(fetch).toHaveBeenCalledTimes(2)
  vi.useRealTimers()
})
