/** STUN and TURN servers as the server tells of them. */
import type { Ice, IceServer } from '../api/types'

/** As RTCPeerConnection takes it, which refuses credentials of null. */
export function rtcServer({ urls, username, credential }: IceServer): RTCIceServer {
  return username && credential ? { urls, username, credential } : { urls }
}

const SHORTEST_LIFETIME = 2 * 60_000
const LONGEST_LIFETIME = 24 * 3600_000

/**
 * Milliseconds for which TURN credentials are good: the user name begins with the second at which they expire (TURN REST
 * API). Null where there are none. A wrong clock in this device must not make it ask again and again, or never.
 */
export function lifetimeOf(ice: Ice): number | null {
  const expiries = ice.servers.map(({ username }) => Number.parseInt(username ?? '')).filter(Number.isFinite)
  if (expiries.length === 0) return null
  return Math.min(LONGEST_LIFETIME, Math.max(SHORTEST_LIFETIME, Math.min(...expiries) * 1000 - Date.now()))
}
