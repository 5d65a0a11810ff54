import { getMeeting, Problem } from '../api/client'
import type { MeetingView } from '../api/types'
import { forgetMeeting } from './memory'
import type { CallProblem } from './model'
import { tokenFor } from './visit'

/** The meeting as this browser may see it: with the token that it has, or without when that is worth nothing any more. */
export async function lookUp(code: string): Promise<{ view: MeetingView } | { problem: CallProblem }> {
  const token = tokenFor(code)
  try {
    return { view: await getMeeting(code, token) }
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    if (error.code === 'invalid-token' && token !== null) {
      forgetMeeting(code)
      return lookUp(code)
    }
    return { problem: { code: error.code, detail: error.detail, retryAfterSeconds: error.retryAfterSeconds } }
  }
}
