/**
 * A page that is loaded anew in the middle of a meeting, and comes back in by itself: the policy that it was loaded with
 * does not know the server that the meeting has moved to.
 */
const KEY = 'vcc-return'
/** Milliseconds: who comes back later than that is asked again; and a second attempt for the same server helps nobody. */
const SOON = 60_000

interface Kept {
  code: string
  server: string
  /** Milliseconds since 1970. */
  at: number
  microphone: boolean
  camera: boolean
  /** Taken by the page that came back. */
  used?: boolean
}

/**
 * Whether the browser loaded this address: whoever came from another page of ours without loading a page has the policy
 * of that one, which knows no servers.
 */
export function beganHere(): boolean {
  const [loaded] = performance.getEntriesByType('navigation')
  return loaded === undefined || new URL(loaded.name, location.href).pathname === location.pathname
}

/** Loads the page anew. False when that was done just now for this server, and did not help. */
export function comeBackTo(code: string, server: string, sends: { microphone: boolean; camera: boolean }): boolean {
  const before = read()
  if (before?.code === code && before.server === server && Date.now() - before.at < SOON) return false
  if (!write({ code, server, at: Date.now(), ...sends })) return false
  location.reload()
  return true
}

/** What was on before this page was loaded anew; null where nobody meant to come back by themselves. */
export function cameBack(code: string): { microphone: boolean; camera: boolean } | null {
  const kept = read()
  if (kept?.code !== code || kept.used === true || Date.now() - kept.at > SOON) return null
  write({ ...kept, used: true })
  return { microphone: kept.microphone, camera: kept.camera }
}

function read(): Kept | null {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? 'null') as Kept | null
  } catch {
    return null
  }
}

function write(kept: Kept): boolean {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(kept))
    return true
  } catch {
    // A browser that keeps nothing: it would be asked for a name in the middle of a meeting, again and again.
    return false
  }
}
