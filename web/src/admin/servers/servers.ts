/** What a server's record means in words and colours; no markup. */
import type { AdminServerView, HourView } from '../../api/types'
import { m } from '../../i18n/paraglide/messages.js'
import { getLocale } from '../../i18n/paraglide/runtime.js'

export type Look = 'plain' | 'accent' | 'warn' | 'danger'

/** In what state a server is, in a word or two, and how urgent that looks. */
export function stateOf(server: AdminServerView): { word: string; look: Look } {
  if (!server.enabled) return { word: m.admin_server_off(), look: 'plain' }
  if (server.state === 'down') return { word: m.admin_server_down(), look: 'danger' }
  if (server.state === 'unknown') return { word: m.admin_server_unknown(), look: 'plain' }
  if (server.draining) return { word: m.admin_server_draining(), look: 'warn' }
  if (server.meetings >= server.most_meetings) return { word: m.admin_server_full(), look: 'warn' }
  if (!server.takes_meetings) return { word: m.admin_server_kept_out(), look: 'warn' }
  return { word: m.admin_server_healthy(), look: 'accent' }
}

export interface Part {
  /** When it begins, in milliseconds. */
  at: number
  passes: number
  failures: number
  reason: string
}

/** Probes of the last `count` spans of so many hours, the oldest first; a span without a probe is empty. */
export function parts(hours: readonly HourView[], now: number, count: number, hoursEach: number): Part[] {
  const span = hoursEach * 3_600_000
  const last = Math.floor(now / span) * span
  const found = Array.from({ length: count }, (_, at) => ({
    at: last - (count - 1 - at) * span,
    passes: 0,
    failures: 0,
    reason: '',
  }))
  for (const hour of hours) {
    const part = found[count - 1 - (last - Math.floor(Date.parse(hour.hour) / span) * span) / span]
    if (part === undefined) continue
    part.passes += hour.passes
    part.failures += hour.failures
    part.reason ||= hour.reason
  }
  return found
}

/** How much of it went well, from 0 to 1; null without a probe. */
export function share({ passes, failures }: Pick<Part, 'passes' | 'failures'>): number | null {
  return passes + failures === 0 ? null : passes / (passes + failures)
}

/** `99.2 %`, cut and not rounded: only what is whole is 100 %. */
export function percent(part: number): string {
  const format = new Intl.NumberFormat(getLocale(), { style: 'percent', maximumFractionDigits: 1 })
  return format.format(Math.floor(part * 1000) / 1000)
}
