import { flushSync } from 'svelte'
import { beforeEach, expect, test, vi } from 'vitest'
import { createMeeting, Problem, request } from './client'
import { endSession, keepSession, sessionLapsed, signedIn, userToken } from './session'

const ada = { id: 'u1', name: 'Ada Lovelace' }

beforeEach(() => {
  localStorage.clear()
  endSession()
})

function answer(status: number, body: unknown) {
  const fetch = vi.fn<typeof globalThis.fetch>(() => Promise.resolve(new Response(JSON.stringify(body), { status })))
  vi.stubGlobal('fetch', fetch)
  return fetch
}

test('a session is kept under the names of the contract, and nothing else of the person is', () => {
  keepSession('jwt', { ...ada, email: 'ada@example.org' } as typeof ada)

  expect(localStorage.getItem('token')).toBe('jwt')
  expect(JSON.parse(localStorage.getItem('user') ?? '')).toEqual(ada)
  expect(signedIn()).toEqual(ada)
  endSession()
  expect(localStorage.length).toBe(0)
  expect(signedIn()).toBeNull()
})

test('signing out in another tab is signing out here', () => {
  keepSession('jwt', ada)
  const seen: (string | undefined)[] = []
  const stop = $effect.root(() => {
    $effect(() => void seen.push(signedIn()?.name))
  })
  flushSync()

  localStorage.clear()
  dispatchEvent(new StorageEvent('storage', { key: 'token' }))
  flushSync()

  expect(seen).toEqual(['Ada Lovelace', undefined])
  stop()
})

test.each(['{', 'null', '7', '{"id":1}', ''])('%j in place of the person is nobody', (rubbish) => {
  localStorage.setItem('token', 'jwt')
  localStorage.setItem('user', rubbish)

  expect(signedIn()).toBeNull()
})

test('a browser that keeps nothing is signed in as long as the page lasts', () => {
  const refuse = () => {
    throw new DOMException('no', 'SecurityError')
  }
  vi.stubGlobal('localStorage', { getItem: refuse, setItem: refuse, removeItem: refuse })

  keepSession('jwt', ada)
  expect(userToken()).toBe('jwt')
  endSession()
  expect(userToken()).toBeNull()
})

test('who is signed in makes meetings as a member', async () => {
  keepSession('jwt', ada)
  const fetch = answer(201, { meeting: {} })

  await createMeeting({})

  expect(new Headers(fetch.mock.calls[0]?.[1]?.headers).get('authorization')).toBe('Bearer jwt')
})

test('when the server says that the session is over, it is over here, and that is said', async () => {
  keepSession('jwt', ada)
  answer(401, { code: 'invalid-token' })

  await expect(request('/api/me', {}, 'jwt')).rejects.toBeInstanceOf(Problem)

  expect(signedIn()).toBeNull()
  expect(sessionLapsed()).toBe(true)
})

test.each([
  ['a wrong password', 'jwt', 'wrong-credentials'],
  ['an older token', 'older', 'invalid-token'],
])('%s ends no session', async (_, token, code) => {
  keepSession('jwt', ada)
  answer(401, { code })

  await expect(request('/api/me', {}, token)).rejects.toBeInstanceOf(Problem)

  expect(signedIn()).toEqual(ada)
})
