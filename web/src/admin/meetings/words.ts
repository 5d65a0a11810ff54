/** A meeting in words for the console. */
import { span } from '../../agenda/moments'
import type { MeetingLine } from '../../api/types'
import { m } from '../../i18n/paraglide/messages.js'

/** How long it took, or has been going on. */
export function duration(meeting: MeetingLine): string {
  if (meeting.started_at === null) return ''
  const end = meeting.ended_at === null ? new Date() : new Date(meeting.ended_at)
  return span(end.getTime() - new Date(meeting.started_at).getTime())
}

export function engineWords(meeting: MeetingLine): string {
  const words = { auto: m.admin_engine_auto(), direct: m.admin_engine_direct(), jitsi: m.admin_engine_jitsi() }
  return meeting.server === null ? words[meeting.engine] : `${words[meeting.engine]} · ${meeting.server}`
}

/** Why it ended. */
export function whyEnded(meeting: MeetingLine): string | null {
  if (meeting.end_reason === null) return null
  const words = {
    host: m.admin_ended_by_host(),
    abandoned: m.admin_ended_abandoned(),
    time: m.admin_ended_time(),
    admin: m.admin_ended_admin(),
    cancelled: m.admin_cancelled(),
  }
  return words[meeting.end_reason]
}
