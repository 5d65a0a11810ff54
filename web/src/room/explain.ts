import { formatLocale } from '../agenda/locale'
import type { CallProblem } from '../call/model'
import { m } from '../i18n/paraglide/messages.js'
import type { IconName } from '../ui/icons'

/** A refusal in words a visitor understands, with what to do next. */
export interface Explanation {
  icon: IconName
  title: string
  text: string
  /** Whether trying again may help. */
  retry: boolean
}

function after(seconds: number | null): string {
  if (seconds === null) return m.retry_soon()
  return seconds < 90 ? m.retry_seconds({ count: seconds }) : m.retry_minutes({ count: Math.ceil(seconds / 60) })
}

/** From when on a meeting can be entered, in the visitor's own time. */
function opens(seconds: number | null): string {
  if (seconds === null) return m.problem_early_soon()
  const at = new Date(Date.now() + seconds * 1000)
  const far = at.toDateString() !== new Date().toDateString()
  const style = far ? ({ dateStyle: 'full', timeStyle: 'short' } as const) : ({ timeStyle: 'short' } as const)
  return m.problem_early_text({ time: new Intl.DateTimeFormat(formatLocale(), style).format(at) })
}

/** Words for a problem by its stable code; the server's own sentence where the code is new to us. */
export function explain(problem: CallProblem): Explanation {
  switch (problem.code) {
    case 'meeting-not-found':
      return { icon: 'link', title: m.problem_unknown_title(), text: m.problem_unknown_text(), retry: false }
    case 'meeting-ended':
      return { icon: 'clock', title: m.problem_ended_title(), text: m.problem_ended_text(), retry: false }
    case 'too-early':
      return { icon: 'clock', title: m.problem_early_title(), text: opens(problem.retryAfterSeconds), retry: true }
    case 'meeting-full':
      return { icon: 'people', title: m.problem_full_title(), text: m.problem_full_text(), retry: true }
    case 'meeting-locked':
      return { icon: 'lock', title: m.problem_locked_title(), text: m.problem_locked_text(), retry: true }
    case 'banned':
      return { icon: 'lock', title: m.problem_banned_title(), text: m.problem_banned_text(), retry: false }
    case 'offline':
      return { icon: 'warn', title: m.problem_offline_title(), text: m.problem_offline_text(), retry: true }
    case 'too-many-requests':
    case 'too-many-guesses':
      return { icon: 'clock', title: m.problem_busy_title(), text: after(problem.retryAfterSeconds), retry: true }
    case 'wrong-password':
      return { icon: 'lock', title: m.problem_wrong_password(), text: problem.detail, retry: true }
    case 'password-required':
      return { icon: 'lock', title: m.problem_password_required(), text: problem.detail, retry: true }
    case 'unavailable':
      return { icon: 'warn', title: m.problem_unavailable_title(), text: m.problem_unavailable_text(), retry: true }
    default:
      return { icon: 'warn', title: m.problem_other_title(), text: problem.detail, retry: true }
  }
}
