import type { CallProblem, MeetingView } from '../call/model'

/** These can be corrected on the prejoin page; everything else about a missing meeting is a page of its own. */
const CORRECTABLE = new Set([
  'password-required',
  'wrong-password',
  'too-many-guesses',
  'name-required',
  'invalid-body',
  'too-many-requests',
  'too-early',
  'unavailable',
  'offline',
])

/** Whether the problem leaves nothing to do on the prejoin page. */
export function isFinal(problem: CallProblem, view: MeetingView | null): boolean {
  return view === null || !CORRECTABLE.has(problem.code)
}

/** Whether the problem belongs beside the password. */
export function isAboutPassword(problem: CallProblem | null): boolean {
  return problem !== null && ['password-required', 'wrong-password', 'too-many-guesses'].includes(problem.code)
}
