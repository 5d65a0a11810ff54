import type { MeetingView } from '../../api/types'
import { m } from '../../i18n/paraglide/messages.js'

/** Why a meeting is over, in a few words. */
export const WHY_ENDED: Record<NonNullable<MeetingView['end_reason']>, () => string> = {
  host: m.ended_host,
  abandoned: m.ended_abandoned,
  time: m.ended_time,
  admin: m.ended_admin,
  cancelled: m.cancelled,
}
