/** The HTTP API as functions (contract: HTTP). What goes wrong is always a `Problem`. */
import { endSession, userToken } from './session'
import type { Created, MeetingView, NewMeeting, Share } from './types'

/** The members of an RFC 9457 answer that this product uses; any of them may be missing in somebody else's answer. */
interface ProblemBody {
  code?: unknown
  detail?: unknown
  errors?: unknown
}

/** A refusal of the server by its stable code, or one of the browser's own: `offline` when no answer came. */
export class Problem extends Error {
  override readonly name = 'Problem'

  constructor(
    readonly code: string,
    readonly detail: string,
    /** HTTP status; 0 when no answer came. */
    readonly status = 0,
    readonly retryAfterSeconds: number | null = null,
    /** What is wrong by field, as a dotted path in the body. */
    readonly errors: Readonly<Record<string, string>> = {},
  ) {
    super(detail)
  }
}

/**
 * Makes a meeting: of whoever is signed in, else of the guest that the wish names.
 * @throws {Problem}
 */
export function createMeeting(wish: Partial<NewMeeting>): Promise<Created> {
  return request('/api/meetings', { method: 'POST', body: JSON.stringify({ kind: 'instant', ...wish }) }, userToken())
}

/**
 * What is told about a meeting; more of it with the token of a host.
 * @throws {Problem}
 */
export function getMeeting(code: string, token: string | null = null): Promise<MeetingView> {
  return request(meetingPath(code), {}, token)
}

/**
 * Ways to hand on a meeting.
 * @throws {Problem}
 */
export function getShare(code: string): Promise<Share> {
  return request(`${meetingPath(code)}/share`)
}

/** Address of the live socket of a meeting. */
export function liveUrl(code: string): string {
  return socketUrl(`${meetingPath(code)}/live`)
}

/** Address of a socket of our server. */
export function socketUrl(path: string): string {
  const url = new URL(path, location.href)
  url.protocol = url.protocol === 'http:' ? 'ws:' : 'wss:'
  return url.href
}

function meetingPath(code: string): string {
  return `/api/meetings/${encodeURIComponent(code)}`
}

/**
 * Asks the server. The answer is JSON, unless `read` takes it in another way.
 * @throws {Problem} After one that says that the session of the account is over, nobody is signed in here any more.
 */
export async function request<T>(
  path: string,
  init: RequestInit = {},
  token: string | null = null,
  read: (answer: Response) => Promise<unknown> = (answer) => answer.json(),
): Promise<T> {
  const headers = new Headers({ accept: 'application/json' })
  if (typeof init.body === 'string') headers.set('content-type', 'application/json')
  if (token) headers.set('authorization', `Bearer ${token}`)
  let answer: Response
  try {
    answer = await fetch(path, { ...init, headers })
  } catch {
    throw new Problem('offline', 'The server could not be reached.')
  }
  if (answer.ok) return (await read(answer).catch(() => null)) as T
  const problem = problemOf(answer, await answer.json().catch(() => null))
  if (problem.code === 'invalid-token' && token !== null && token === userToken()) endSession({ lapsed: true })
  throw problem
}

function problemOf(answer: Response, body: unknown): Problem {
  const { code, detail, errors } = (body ?? {}) as ProblemBody
  const seconds = Number(answer.headers.get('retry-after') ?? NaN)
  return new Problem(
    // A proxy in between answers in its own way; what it means is that nobody is there.
    typeof code === 'string' ? code : answer.status >= 500 ? 'unavailable' : 'unexpected',
    typeof detail === 'string' ? detail : `The server answered ${answer.status}.`,
    answer.status,
    Number.isFinite(seconds) ? seconds : null,
    typeof errors === 'object' && errors !== null ? (errors as Record<string, string>) : {},
  )
}
