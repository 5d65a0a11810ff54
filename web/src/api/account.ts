/** The part of the HTTP API that is about accounts, as functions. What goes wrong is always a `Problem`. */
import { request } from './client'
import { userToken } from './session'
import type {
  DeletionView,
  DeletionWish,
  EmailChanged,
  GuestRecord,
  Me,
  NewPasskey,
  PasskeyOptions,
  PasskeySignIn,
  PasskeyView,
  ProfileChange,
  RecoveryCodes,
  Registration,
  SecondFactorSetup,
  SessionView,
  SignedIn,
  SignIn,
  WaysIn,
} from './types'

// --- coming in ---

export const register = (wish: Registration) => post<SignedIn>('/api/auth/register', wish)
export const signIn = (wish: SignIn) => post<SignedIn>('/api/auth/login', wish)
export const askPasswordLink = (email: string) => post<unknown>('/api/auth/forgot-password', { email })
export const verifyEmail = (token: string) => post<EmailChanged>('/api/auth/verify-email', { token })
/** `signed_in` is null where a second factor has to be asked for. */
export const resetPassword = (token: string, password: string) =>
  post<{ signed_in: SignedIn | null }>('/api/auth/reset-password', { token, password })

export const getWaysIn = () => request<WaysIn>('/api/auth/ways')
export const beginPasskeySignIn = () => post<PasskeyOptions>('/api/auth/passkey/options', {})
export const signInByPasskey = (wish: PasskeySignIn) => post<SignedIn>('/api/auth/passkey', wish)
/** With a second factor, the first try is refused as `code-required`. */
export const finishSingleSignOn = (token: string, code: string | null) =>
  post<SignedIn>('/api/auth/oidc/finish', { token, code })

// --- a guest's record, by the token of the meeting ---

const recordPath = (code: string) => `/api/meetings/${encodeURIComponent(code)}/my-record`
export const getRecord = (code: string, token: string) => request<GuestRecord>(recordPath(code), {}, token)
export const eraseRecord = (code: string, token: string) => request<null>(recordPath(code), { method: 'DELETE' }, token)

// --- my account ---

export const getMe = () => asUser<Me>('GET', '/api/me')
export const changeMe = (change: ProfileChange) => asUser<Me>('PATCH', '/api/me', change)
export const changePassword = (current_password: string, password: string) =>
  asUser<SignedIn>('PUT', '/api/me/password', { current_password, password })
export const changeEmail = (email: string, password: string) =>
  asUser<EmailChanged>('POST', '/api/me/email', { email, password })
export const askVerification = () => asUser<unknown>('POST', '/api/me/verification')
export const signOut = () => asUser<unknown>('POST', '/api/auth/logout')
export const signOutEverywhere = () => asUser<unknown>('POST', '/api/auth/logout-everywhere')
export const getSessions = () => asUser<SessionView[]>('GET', '/api/me/sessions')
export const endOneSession = (id: string) => asUser<unknown>('DELETE', `/api/me/sessions/${encodeURIComponent(id)}`)
export const beginSecondFactor = (password: string) =>
  asUser<SecondFactorSetup>('POST', '/api/me/second-factor', { password })
export const confirmSecondFactor = (code: string) =>
  asUser<RecoveryCodes>('POST', '/api/me/second-factor/confirm', { code })
export const disableSecondFactor = (password: string) =>
  asUser<unknown>('POST', '/api/me/second-factor/disable', { password })
export const getPasskeys = () => asUser<PasskeyView[]>('GET', '/api/me/passkeys')
export const beginPasskey = (password: string) =>
  asUser<PasskeyOptions>('POST', '/api/me/passkeys/options', { password })
export const keepPasskey = (wish: NewPasskey) => asUser<PasskeyView>('POST', '/api/me/passkeys', wish)
export const renamePasskey = (id: string, name: string) =>
  asUser<unknown>('PATCH', `/api/me/passkeys/${encodeURIComponent(id)}`, { name })
export const removePasskey = (id: string, password: string) =>
  asUser<unknown>('POST', `/api/me/passkeys/${encodeURIComponent(id)}/remove`, { password })
export const removePicture = () => asUser<Me>('DELETE', '/api/me/picture')

export function putPicture(picture: Blob): Promise<Me> {
  const form = new FormData()
  form.append('file', picture, 'picture')
  return request('/api/me/picture', { method: 'PUT', body: form }, userToken())
}

/** Everything that is kept of the account, as a ZIP. */
export const exportMe = () => request<Blob>('/api/me/export', {}, userToken(), (answer) => answer.blob())

// --- asking to be deleted ---

export const askDeletion = (wish: DeletionWish) => post<unknown>('/api/account-deletions', wish)
export const verifyDeletion = (token: string) => post<DeletionView>('/api/account-deletions/verify', { token })
export const keepAccount = (token: string) => post<DeletionView>('/api/account-deletions/keep', { token })
export const getDeletion = () => asUser<DeletionView>('GET', '/api/me/deletion')
export const takeDeletionBack = () => asUser<DeletionView>('DELETE', '/api/me/deletion')

function post<T>(path: string, body: object): Promise<T> {
  return request(path, { method: 'POST', body: JSON.stringify(body) })
}

function asUser<T>(method: string, path: string, body?: object): Promise<T> {
  return request(path, { method, body: body ? JSON.stringify(body) : null }, userToken())
}
