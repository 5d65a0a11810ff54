import type { Problem } from '../api/client'
import { m } from '../i18n/paraglide/messages.js'
import { wording } from '../ui/form'

/** What is wrong, by field; `form` is about the whole. */
export interface FieldErrors {
  name?: string
  email?: string
  password?: string
  form?: string
}

/** Looks over what was typed before it is sent. The server decides; this only saves a round trip. */
export function checkWish(wish: { name: string; email: string }): FieldErrors {
  const errors: FieldErrors = {}
  if (wish.name.trim() === '') errors.name = m.name_missing()
  const email = wish.email.trim()
  if (email !== '' && !/^[^@\s]+@[^@\s]+\.[^@\s]+$/u.test(email)) errors.email = m.email_wrong()
  return errors
}

/** Puts a refusal beside the fields that it is about, in our own words; anything else is said for the whole form. */
export function describeProblem(problem: Problem): FieldErrors {
  const errors: FieldErrors = {}
  if (problem.errors['guest.name'] !== undefined) errors.name = m.name_wrong()
  if (problem.errors['guest.email'] !== undefined) errors.email = m.email_wrong()
  if (problem.errors['password'] !== undefined) errors.password = m.password_wrong()
  if (Object.keys(errors).length === 0) errors.form = wording(problem)
  return errors
}
