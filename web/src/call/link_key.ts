/**
 * The key of a meeting's link: made by the browser that creates the meeting, carried behind the # and kept here, and
 * never sent to the server (docs/decisions/0009-a-key-in-the-link.md).
 */
import { signedIn } from '../api/session'
import { toBase64url } from './bytes'
import { readLinkKey } from './code'
import { KEYS, readRecord, write } from './memory'

/** Longer than most people plan ahead; a meeting that repeats renews it. */
const MOST_AGE = 180 * 24 * 3600 * 1000
const BYTES = 16
const KEY = /^[\w-]{22}$/

interface Kept {
  key: string
  /** Milliseconds since 1970. */
  at: number
  /** This browser made it: no link replaces it. */
  made?: boolean
  /** Whose it is, where somebody was signed in. */
  user?: string
}

// Where the browser keeps nothing, a key lasts as long as the page.
const held = new Map<string, Kept>()

/** A meeting has just been made by this page: makes the key of its link. The answer is the path of the meeting with it. */
export function makeKey(code: string): string {
  keep(code, { key: toBase64url(crypto.getRandomValues(new Uint8Array(BYTES))), made: true })
  return withKey(`/m/${code}`, code)
}

/** A link was opened: its key is the one of the meeting from here on, unless the meeting was made here. */
export function keepKey(code: string, key: string): void {
  const before = kept(code)
  if (before?.made === true || before?.key === key)
    write(KEYS, JSON.stringify({ ...all(), [code]: { ...before, at: Date.now() } }))
  else keep(code, { key })
}

/** What this browser knows of the link of a meeting. */
export function keyOf(code: string): string | null {
  return kept(code)?.key ?? null
}

/** A link as people hand it on: with the key, where it is known. */
export function withKey(link: string, code: string): string {
  const key = keyOf(code)
  if (key === null || readLinkKey(link) !== null) return link
  return `${link}${link.includes('#') ? '&' : '#'}k=${key}`
}

function keep(code: string, entry: Omit<Kept, 'at'>): void {
  const user = signedIn()?.id
  const whole = { ...entry, at: Date.now(), ...(user !== undefined && { user }) }
  write(KEYS, JSON.stringify({ ...all(), [code]: whole }))
  if (all()[code]?.key !== whole.key) held.set(code, whole)
}

function kept(code: string): Kept | undefined {
  return all()[code] ?? held.get(code)
}

function all(): Record<string, Kept> {
  const oldest = Date.now() - MOST_AGE
  return Object.fromEntries(
    Object.entries(readRecord(KEYS)).filter(
      (entry): entry is [string, Kept] => isKept(entry[1]) && entry[1].at > oldest,
    ),
  )
}

function isKept(value: unknown): value is Kept {
  const { key, at } = (value ?? {}) as Partial<Kept>
  return typeof key === 'string' && KEY.test(key) && typeof at === 'number'
}
