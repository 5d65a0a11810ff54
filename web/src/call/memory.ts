/**
 * What stays in this browser: the remembered name, the chosen devices, and for each meeting the token that lets a closed
 * tab come back as the same person. The landing page imports it: it stays this small.
 */
import { signedIn } from '../api/session'
import type { DeviceKind } from './model'

const NAME = 'vcc-name'
const DEVICES = 'vcc-devices'
const MEETINGS = 'vcc-meetings'
const PUSH_TO_TALK = 'vcc-push-to-talk'
/** See link_key.ts. */
export const KEYS = 'vcc-link-keys'
const MOST_AGE = 7 * 24 * 3600 * 1000

/** Chosen device ids; null is the browser's default. */
export type ChosenDevices = Record<DeviceKind, string | null>

interface Remembered {
  token: string
  /** Milliseconds since 1970. */
  at: number
  /** Whose token it is, where somebody was signed in. */
  user?: string
  /** Whether it carries a host's rights. */
  host?: boolean
}

/** The name that was used last. */
export function recallName(): string | null {
  return read(NAME)
}

/** For the next meeting. */
export function rememberName(name: string): void {
  write(NAME, name)
}

/** The devices that were chosen last. */
export function recallDevices(): ChosenDevices {
  const kept = readRecord(DEVICES)
  const id = (kind: DeviceKind) => (typeof kept[kind] === 'string' ? kept[kind] : null)
  return { microphone: id('microphone'), camera: id('camera'), speaker: id('speaker') }
}

/** For the next meeting. */
export function rememberDevices(chosen: ChosenDevices): void {
  write(DEVICES, JSON.stringify(chosen))
}

/** Whether the space bar is held to be heard. */
export function recallPushToTalk(): boolean {
  return read(PUSH_TO_TALK) === 'on'
}

/** For the next meeting, too. */
export function rememberPushToTalk(on: boolean): void {
  write(PUSH_TO_TALK, on ? 'on' : '')
}

/**
 * The token for a meeting, where one is known that is not too old. That of a member is theirs alone; and who is signed in
 * comes as a member rather than as the guest they were before, unless that guest was the host.
 */
export function recallMeeting(code: string): string | null {
  const kept = meetings()[code]
  const user = signedIn()?.id
  if (kept === undefined || (kept.user !== undefined && kept.user !== user)) return null
  return kept.user !== undefined || user === undefined || kept.host === true ? kept.token : null
}

/** Keeps the token of a meeting; who creates one keeps it before going there, and has a host's rights by it. */
export function rememberMeeting(code: string, token: string, { host = false } = {}): void {
  const before = meetings()[code]
  // A guest who is a host stays the guest that they are, also while signed in.
  const user = before?.host === true && before.user === undefined ? undefined : signedIn()?.id
  write(MEETINGS, JSON.stringify({ ...meetings(), [code]: { token, at: Date.now(), user, host } }))
}

/** Somebody signs out: what was remembered of them here is nobody else's business. */
export function forgetMember(): void {
  for (const kept of [MEETINGS, KEYS]) {
    const guests = Object.entries(readRecord(kept)).filter(([, entry]) => !(entry as Partial<Remembered> | null)?.user)
    write(kept, JSON.stringify(Object.fromEntries(guests)))
  }
  write(NAME, '')
}

/** The meeting is over, or one is not wanted there any more. */
export function forgetMeeting(code: string): void {
  const rest = Object.entries(meetings()).filter(([kept]) => kept !== code)
  write(MEETINGS, JSON.stringify(Object.fromEntries(rest)))
}

function meetings(): Record<string, Remembered> {
  const oldest = Date.now() - MOST_AGE
  const fresh = Object.entries(readRecord(MEETINGS)).filter(
    (entry): entry is [string, Remembered] => isRemembered(entry[1]) && entry[1].at > oldest,
  )
  return Object.fromEntries(fresh)
}

function isRemembered(value: unknown): value is Remembered {
  const { token, at } = (value ?? {}) as Partial<Remembered>
  return typeof token === 'string' && typeof at === 'number'
}

/** What is kept under a key, where it is an object. */
export function readRecord(key: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(read(key) ?? '{}')
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

// A browser that keeps nothing (private window, storage blocked) throws on every access: then nothing is remembered.
function read(key: string): string | null {
  try {
    return localStorage.getItem(key)
  } catch {
    return null
  }
}

/** Keeps something under a key. */
export function write(key: string, value: string): void {
  try {
    localStorage.setItem(key, value)
  } catch {
    // See above.
  }
}
