/** Push messages to this browser, shown by the worker (public/sw.js) while no page of ours is looked at. */
import { Problem, request } from './client'
import { userToken } from './session'
import type { PushKey, SubscribedView } from './types'

/** Why there can be none here, or whether this browser gets them for somebody. */
export type PushState = 'unsupported' | 'install' | 'denied' | 'off' | 'on'

/** Who gets the messages: an account, or the host of one meeting by the token of the meeting. */
export interface PushTarget {
  path: string
  token: string | null
}

export const pushToMe = (): PushTarget => ({ path: '/api/me/push', token: userToken() })
export const pushToHost = (code: string, token: string): PushTarget => ({
  path: `/api/meetings/${encodeURIComponent(code)}/push`,
  token,
})

/** How it stands; asks nobody for anything. */
export async function pushState(target: PushTarget): Promise<PushState> {
  // On iPhones and iPads only an app on the home screen may have them.
  if ('standalone' in navigator && navigator.standalone === false && !('PushManager' in window)) return 'install'
  if (!('serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window)) return 'unsupported'
  if (Notification.permission === 'denied') return 'denied'
  const subscription = await own()
  if (!subscription || Notification.permission !== 'granted') return 'off'
  const digest = await digestOf(subscription.endpoint)
  const known = await request<SubscribedView[]>(target.path, {}, target.token)
  return known.some((one) => one.digest === digest) ? 'on' : 'off'
}

/**
 * Asks the person, then the push service of the browser, and tells the server.
 * @throws {Problem}
 */
export async function startPush(target: PushTarget): Promise<PushState> {
  if ((await Notification.requestPermission()) !== 'granted') return 'denied'
  await navigator.serviceWorker.register('/sw.js')
  const { pushManager } = await navigator.serviceWorker.ready
  const { public_key } = await request<PushKey>('/api/push')
  const options = { userVisibleOnly: true, applicationServerKey: public_key }
  let subscription: PushSubscription
  try {
    // One that was made for another key of the server cannot be used any more.
    subscription = await pushManager.subscribe(options).catch(async () => {
      await (await pushManager.getSubscription())?.unsubscribe()
      return pushManager.subscribe(options)
    })
  } catch {
    throw new Problem('push-failed', 'The push service of the browser did not answer.')
  }
  const { endpoint, keys } = subscription.toJSON()
  await request(target.path, { method: 'PUT', body: JSON.stringify({ endpoint, keys }) }, target.token)
  return 'on'
}

/** No more messages to this browser, whosever they were. */
export async function stopPush(): Promise<PushState> {
  const subscription = await own()
  if (!subscription) return 'off'
  const { endpoint } = subscription
  await request('/api/push/unsubscribe', { method: 'POST', body: JSON.stringify({ endpoint }) })
  await subscription.unsubscribe()
  return 'off'
}

async function own(): Promise<PushSubscription | null> {
  const registration = await navigator.serviceWorker.getRegistration()
  return (await registration?.pushManager.getSubscription()) ?? null
}

async function digestOf(text: string): Promise<string> {
  const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/u, '')
}
