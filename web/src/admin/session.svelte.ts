/** Who is signed in to the console: a cookie that no script can read, so the server is asked. */
import { Problem, request } from '../api/client'
import type { AdminView } from '../api/types'

let who = $state.raw<AdminView | null>(null)
let lapsed = $state(false)

/** The administrator of this browser; null for nobody; reactive. */
export function admin(): AdminView | null {
  return who
}

/** Whether somebody was signed in until the server said that this is over; reactive. */
export function adminLapsed(): boolean {
  return lapsed
}

/** Asks who is signed in. @throws {Problem} when nobody can tell. */
export async function askWho(): Promise<void> {
  try {
    who = await request<AdminView>('/api/admin/session')
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 401) throw error
    who = null
  }
}

export async function signInAdmin(name: string, password: string, code: string | null): Promise<void> {
  who = await request<AdminView>('/api/admin/login', { method: 'POST', body: JSON.stringify({ name, password, code }) })
  lapsed = false
}

export async function signOutAdmin(): Promise<void> {
  await adminRequest('/logout', { method: 'POST' })
  who = null
}

/**
 * Asks the administrators' API; `path` begins after /api/admin.
 * @throws {Problem} After one that says that the session is over, the console asks to sign in.
 */
export async function adminRequest<T>(path: string, init: RequestInit = {}): Promise<T> {
  try {
    return await request<T>(`/api/admin${path}`, init)
  } catch (error) {
    if (error instanceof Problem && error.code === 'invalid-token') {
      lapsed = who !== null
      who = null
    }
    throw error
  }
}

/** Sends a body; what the answer says. @throws {Problem} */
export function adminSend<T>(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: object): Promise<T> {
  return adminRequest<T>(path, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
}
