/** Where a request to be deleted stands, in words. */
import type { DeletionRequestView } from '../../api/types'
import { m } from '../../i18n/paraglide/messages.js'

type Status = DeletionRequestView['status']

const WORDS: Record<Status, () => string> = {
  unverified: m.admin_request_unverified,
  waiting: m.admin_request_waiting,
  approved: m.admin_request_approved,
  rejected: m.admin_request_rejected,
  done: m.admin_request_done,
}

export const STATES = Object.keys(WORDS) as Status[]

export function requestState(status: Status): string {
  return WORDS[status]()
}

/** How many days somebody has waited for an answer; null once there is one. */
export function daysWaiting(request: DeletionRequestView, now: Date = new Date()): number | null {
  if (request.answer_by === null) return null
  return Math.floor((now.getTime() - new Date(request.created_at).getTime()) / 86_400_000)
}
