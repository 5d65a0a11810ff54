/** The part of the HTTP API that is about planned and past meetings. What goes wrong is always a `Problem`. */
import { request } from './client'
import { userToken } from './session'
import type {
  Answer,
  FeedView,
  MeetingChange,
  MeetingPage,
  MeetingView,
  OccurrenceChange,
  OccurrencePage,
  OccurrenceView,
  RsvpView,
} from './types'

export type Shelf = 'live' | 'upcoming' | 'history'

/** My meetings, page by page. */
export function myMeetings(
  view: Shelf,
  cursor: string | null,
  limit: number,
  { q = '', hosted = null }: { q?: string; hosted?: boolean | null } = {},
): Promise<MeetingPage> {
  const query = new URLSearchParams({ view, limit: String(limit) })
  if (hosted !== null) query.set('hosted', String(hosted))
  if (q !== '') query.set('q', q)
  if (cursor !== null) query.set('cursor', cursor)
  return request(`/api/me/meetings?${query}`, {}, userToken())
}

/** Only my own list forgets it. */
export function hideMeeting(code: string, occurrence: string | null): Promise<unknown> {
  const date = occurrence === null ? '' : `?${new URLSearchParams({ occurrence })}`
  return request(`/api/me/meetings/${encodeURIComponent(code)}${date}`, { method: 'DELETE' }, userToken())
}

export function changeMeeting(code: string, change: MeetingChange, token: string | null): Promise<MeetingView> {
  return request(path(code), { method: 'PATCH', body: JSON.stringify(change) }, token)
}

/** Cancels it for everybody: invited people are told. */
export function cancelMeeting(code: string, token: string | null): Promise<unknown> {
  return request(path(code), { method: 'DELETE' }, token)
}

/** The dates of a meeting: those to come, or those that are over. */
export function occurrences(
  code: string,
  view: 'upcoming' | 'history',
  cursor: string | null,
  token: string | null,
): Promise<OccurrencePage> {
  const query = new URLSearchParams({ view, limit: '10' })
  if (cursor !== null) query.set('cursor', cursor)
  return request(`${path(code)}/occurrences?${query}`, {}, token)
}

/** One date of a series, with who was there. */
export function occurrence(code: string, original: string, token: string | null): Promise<OccurrenceView> {
  return request(datePath(code, original), {}, token)
}

export function changeOccurrence(
  code: string,
  original: string,
  change: OccurrenceChange,
  token: string | null,
): Promise<OccurrenceView> {
  return request(datePath(code, original), { method: 'PATCH', body: JSON.stringify(change) }, token)
}

export function cancelOccurrence(code: string, original: string, token: string | null): Promise<unknown> {
  return request(datePath(code, original), { method: 'DELETE' }, token)
}

/** Who was there, as a table for other programs. */
export function attendanceTable(code: string, occurrence: string | null, token: string | null): Promise<Blob> {
  const query = occurrence === null ? '' : `?${new URLSearchParams({ occurrence })}`
  return request(`${path(code)}/attendance.csv${query}`, {}, token, (answer) => answer.blob())
}

/** Looks at an invitation; with an answer, gives that. */
export function rsvp(token: string, answer: Answer | null = null): Promise<RsvpView> {
  return request('/api/rsvp', { method: 'POST', body: JSON.stringify({ token, answer }) })
}

/** The secret address of my calendar. */
export function calendarFeed(): Promise<FeedView> {
  return request('/api/me/feed', {}, userToken())
}

/** A new address; the one before stops working. */
export function renewCalendarFeed(): Promise<FeedView> {
  return request('/api/me/feed', { method: 'POST' }, userToken())
}

/** The calendar file of a meeting. */
export function calendarFile(code: string): string {
  return `${path(code)}/invite.ics`
}

function path(code: string): string {
  return `/api/meetings/${encodeURIComponent(code)}`
}

function datePath(code: string, original: string): string {
  return `${path(code)}/occurrences/${encodeURIComponent(original)}`
}
