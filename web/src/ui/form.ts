import type { Problem } from '../api/client'
import { m } from '../i18n/paraglide/messages.js'

/** What is wrong with a form: by field, and what is about the whole. */
export interface Complaint {
  errors: Record<string, string>
  problem: string | null
}

/** Says what is wrong with a field of a form, by its name. */
export type Wrong = (field: string) => string | null

/** Puts what the server says beside the fields that it is about; what is about no field of this form goes below them. */
export function complaint(problem: Problem, fields: readonly string[]): Complaint {
  const found = Object.entries(problem.errors)
  const errors = Object.fromEntries(found.filter(([field]) => fields.includes(field)))
  const rest = found.filter(([field]) => !fields.includes(field)).map(([, sentence]) => sentence)
  if (found.length === 0) return { errors, problem: wording(problem) }
  return { errors, problem: rest.length > 0 ? rest.join(' ') : null }
}

/** A refusal in words for people. */
export function wording(problem: Problem): string {
  switch (problem.code) {
    case 'offline':
      return m.form_offline()
    case 'push-failed':
      return m.push_failed()
    case 'unavailable':
      return m.problem_unavailable_text()
    case 'too-many-requests':
    case 'too-many-guesses':
      return m.form_wait({ minutes: Math.max(1, Math.ceil((problem.retryAfterSeconds ?? 60) / 60)) })
    default:
      return problem.detail
  }
}
