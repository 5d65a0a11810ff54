/** The part of the HTTP API that is about legal changes and rights over one's data. What goes wrong is a `Problem`. */
import { request } from './client'
import { userToken } from './session'
import type { LegalNotice, MyRights, RightsKind, RightsView } from './types'

export const myNotices = () => request<LegalNotice[]>('/api/me/legal', {}, userToken())
export const acknowledge = (kind: LegalNotice['kind'], version: string) =>
  send<LegalNotice[]>('/api/me/legal', { kind, version }, userToken())

export const myRights = () => request<MyRights>('/api/me/rights', {}, userToken())
export const objectAsMember = (kind: RightsKind, text: string) =>
  send<RightsView>('/api/me/rights', { kind, text }, userToken())

const guestPath = (code: string) => `/api/meetings/${encodeURIComponent(code)}/my-record/rights`
export const guestRights = (code: string, token: string) => request<RightsView[]>(guestPath(code), {}, token)
export const objectAsGuest = (code: string, token: string, kind: RightsKind, text: string) =>
  send<RightsView>(guestPath(code), { kind, text }, token)

function send<T>(path: string, body: object, token: string | null): Promise<T> {
  return request(path, { method: 'POST', body: JSON.stringify(body) }, token)
}
