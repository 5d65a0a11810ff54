/** Words and marks for who is verified. */
import type { CallModel, Trust } from '../call/model'
import { m } from '../i18n/paraglide/messages.js'
import type { IconName } from '../ui/icons'

/** How safe the whole room is: as safe as the one connection that is worst. */
export type RoomSafety = Trust | 'alone' | 'server'

const WORST_FIRST = ['warning', 'unknown', 'no_key', 'checking'] as const

export function roomSafety(call: Pick<CallModel, 'venue' | 'peers' | 'hasKey'>): RoomSafety {
  if (call.venue) return 'server'
  if (call.peers.length === 0) return call.hasKey ? 'alone' : 'unknown'
  return WORST_FIRST.find((one) => call.peers.some(({ trust }) => trust === one)) ?? 'verified'
}

/** In a word or two; null where there is nothing to say of one person. */
export function personSafety(trust: Trust): string | null {
  switch (trust) {
    case 'verified':
      return m.safety_verified()
    case 'no_key':
      return m.safety_no_key()
    case 'warning':
      return m.safety_warning()
    case 'unknown':
    case 'checking':
      return null
  }
}

const ROOM: Record<RoomSafety, { icon: IconName; word: () => string }> = {
  verified: { icon: 'verified', word: m.safety_verified },
  no_key: { icon: 'shield', word: m.safety_no_key },
  warning: { icon: 'warn', word: m.safety_warning },
  unknown: { icon: 'shield', word: m.safety_unknown },
  checking: { icon: 'shield', word: m.safety_checking },
  alone: { icon: 'shield', word: m.safety },
  server: { icon: 'shield', word: m.safety_unknown },
}

/** The mark of the room: a picture and a word; what it means says the panel. */
export function describeRoom(safety: RoomSafety): { icon: IconName; word: string } {
  const { icon, word } = ROOM[safety]
  return { icon, word: word() }
}
