/**
 * Who is signed in to an account, in all tabs of this browser. localStorage `token` and `user` (contract: browser keys)
 * are the truth; nothing else is kept. The landing page imports it: it stays this small.
 */
import { createSubscriber } from 'svelte/reactivity'

/** What is kept of the person: enough for a greeting. */
export interface SessionUser {
  id: string
  name: string
}

interface Session {
  token: string
  user: SessionUser
}

// A browser that keeps nothing throws on every access: then the session lasts as long as the page.
let held: Session | null = null
let lapsed = false
let announce: (() => void) | null = null

const subscribe = createSubscriber((update) => {
  announce = update
  // The other tabs: whoever signs out in one of them is signed out here.
  const heard = ({ key }: StorageEvent) => {
    if (key === null || key === 'token' || key === 'user') update()
  }
  addEventListener('storage', heard)
  return () => {
    announce = null
    removeEventListener('storage', heard)
  }
})

/** Who is signed in, or null; reactive. */
export function signedIn(): SessionUser | null {
  subscribe()
  return read()?.user ?? null
}

/** Whether the server said that the session is over, without anybody here having signed out; reactive. */
export function sessionLapsed(): boolean {
  subscribe()
  return lapsed && read() === null
}

/** The bearer token of who is signed in. */
export function userToken(): string | null {
  return read()?.token ?? null
}

/** Somebody has signed in, or got a new token, or a new name. */
export function keepSession(token: string, { id, name }: SessionUser): void {
  lapsed = false
  held = { token, user: { id, name } }
  try {
    localStorage.setItem('token', token)
    localStorage.setItem('user', JSON.stringify(held.user))
  } catch {
    // See above.
  }
  announce?.()
}

/** Nobody is signed in any more: by their own wish, or because the server says so. */
export function endSession(how: { lapsed?: boolean } = {}): void {
  lapsed = how.lapsed ?? false
  held = null
  try {
    localStorage.removeItem('token')
    localStorage.removeItem('user')
  } catch {
    // See above.
  }
  announce?.()
}

function read(): Session | null {
  try {
    const token = localStorage.getItem('token')
    const { id, name } = (JSON.parse(localStorage.getItem('user') ?? '{}') ?? {}) as Partial<SessionUser>
    return token !== null && typeof id === 'string' && typeof name === 'string' ? { token, user: { id, name } } : null
  } catch {
    return held
  }
}
