/** Words for what administrators do. What another version of the server did stays readable by its own name. */
import type { AuditLine } from '../../api/types'
import { m } from '../../i18n/paraglide/messages.js'
import { consolePath } from '../place'

const WORDS: Record<string, () => string> = {
  signed_in: m.admin_did_signed_in,
  signed_out: m.admin_did_signed_out,
  session_ended: m.admin_did_session_ended,
  administrator_created: m.admin_did_administrator_created,
  second_factor_on: m.admin_did_second_factor_on,
  second_factor_off: m.admin_did_second_factor_off,
  user_disabled: m.admin_did_user_disabled,
  user_enabled: m.admin_did_user_enabled,
  user_signed_out: m.admin_did_user_signed_out,
  verification_sent: m.admin_did_verification_sent,
  deletion_started: m.admin_did_deletion_started,
  deletion_verified: m.admin_did_deletion_verified,
  deletion_approved: m.admin_did_deletion_approved,
  deletion_rejected: m.admin_did_deletion_rejected,
  account_erased: m.admin_did_account_erased,
  meeting_ended: m.admin_did_meeting_ended,
  meeting_moved: m.admin_did_meeting_moved,
  legal_draft_saved: m.admin_did_legal_draft_saved,
  legal_draft_discarded: m.admin_did_legal_draft_discarded,
  legal_published: m.admin_did_legal_published,
  rights_answered: m.admin_did_rights_answered,
  region_saved: m.admin_did_region_saved,
  region_removed: m.admin_did_region_removed,
  mail_retried: m.admin_did_mail_retried,
  mail_dropped: m.admin_did_mail_dropped,
  server_added: m.admin_did_server_added,
  server_changed: m.admin_did_server_changed,
  server_probed: m.admin_did_server_probed,
  server_removed: m.admin_did_server_removed,
}

/** Those that can be asked for. */
export const ACTIONS = Object.keys(WORDS)

/** `Disabled a user`; `legal_published` of a later version as `legal published`. */
export function actionWords(action: string): string {
  return WORDS[action]?.() ?? action.replaceAll('_', ' ')
}

/** Where what it was done to is shown; null where that is nowhere. */
export function aboutPath(line: AuditLine): string | null {
  if (line.about === '') return null
  if (line.action.startsWith('user_') || ['verification_sent', 'deletion_started'].includes(line.action))
    return consolePath('users', line.about)
  if (line.action.startsWith('meeting_')) return consolePath('meetings', line.about)
  if (line.action.startsWith('server_') && line.action !== 'server_removed') return consolePath('servers', line.about)
  if (line.action.startsWith('deletion_')) return consolePath('deletion-requests', line.about)
  if (line.action.startsWith('region_')) return consolePath('regions', line.about)
  return null
}
