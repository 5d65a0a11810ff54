import { afterEach, describe, expect, it, vi } from 'vitest'
import { createMeeting, getMeeting, getShare, liveUrl, Problem } from './client'

function answer(status: number, body: unknown, headers: Record<string, string> = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const fetch = vi.fn<typeof globalThis.fetch>(() => Promise.resolve(new Response(text, { status, headers })))
  vi.stubGlobal('fetch', fetch)
  return fetch
}

async function failure(promise: Promise<unknown>): Promise<Problem> {
  const error: unknown = await promise.catch((reason: unknown) => reason)
  if (!(error instanceof Problem)) throw new Error('no Problem was thrown')
  return error
}

afterEach(() => {
  vi.unstubAllGlobals()
})

describe('client', () => {
  it('creates a meeting', async () => {
    const fetch = answer(201, { token: 't', host_link: 'l', meeting: {} })
    expect((await createMeeting({ guest: { name: 'Ada', email: null } })).token).toBe('t')
    const [path, init] = fetch.mock.calls[0] ?? []
    expect(path).toBe('/api/meetings')
    expect(init?.method).toBe('POST')
    expect(init?.body).toBe('{"kind":"instant","guest":{"name":"Ada","email":null}}')
    expect(new Headers(init?.headers).get('content-type')).toBe('application/json')
  })

  it('shows the token where there is one, and never puts a code into the path as it is', async () => {
    const fetch = answer(200, { code: 'abc' })
    await getMeeting('abc', 'secret')
    await getShare('a/b')
    expect(new Headers(fetch.mock.calls[0]?.[1]?.headers).get('authorization')).toBe('Bearer secret')
    expect(new Headers(fetch.mock.calls[1]?.[1]?.headers).has('authorization')).toBe(false)
    expect(fetch.mock.calls.map(([path]) => path)).toEqual(['/api/meetings/abc', '/api/meetings/a%2Fb/share'])
  })

  it('turns a refusal into a Problem', async () => {
    answer(
      429,
      { code: 'too-many-requests', detail: 'Wait.', status: 429, errors: { name: 'Too long.' } },
      { 'retry-after': '7' },
    )
    expect(await failure(getMeeting('abc'))).toMatchObject({
      code: 'too-many-requests',
      detail: 'Wait.',
      status: 429,
      retryAfterSeconds: 7,
      errors: { name: 'Too long.' },
    })
  })

  it.each([
    [502, '<html>Bad gateway</html>', 'unavailable'],
    [404, 'nothing', 'unexpected'],
    [400, { code: 7 }, 'unexpected'],
    [400, 'null', 'unexpected'],
  ])('makes sense of %i with %j', async (status, body, code) => {
    answer(status, body)
    expect(await failure(getMeeting('abc'))).toMatchObject({ code, status, retryAfterSeconds: null, errors: {} })
  })

  it('says offline when no answer comes', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('Failed to fetch')))
    expect(await failure(getMeeting('abc'))).toMatchObject({ code: 'offline', status: 0 })
  })

  it('knows the address of the live socket', () => {
    expect(liveUrl('abc-defg-hjk')).toMatch(/^wss?:\/\/[^/]+\/api\/meetings\/abc-defg-hjk\/live$/)
  })
})
