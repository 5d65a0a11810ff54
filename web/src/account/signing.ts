/** What goes on around signing in and out: the account's choices and those of this browser come to agree. */
import * as api from '../api/account'
import { Problem } from '../api/client'
import { stopPush } from '../api/push'
import { endSession, keepSession } from '../api/session'
import type { ProfileChange, SignedIn } from '../api/types'
import { forgetMember } from '../call/memory'
import { navigate } from '../router'
import { keepLanguage } from '../ui/language'
import { chosenTheme, showTheme } from '../ui/theme'
import { useDevicesOf } from './devices'

/** Whether whoever signed in reads another language than that of this page. */
let speaksOtherwise = false

/** Somebody has signed in: what their account prefers holds here too. */
export function comeIn({ token, user }: SignedIn): void {
  keepSession(token, user)
  showTheme(user.theme)
  speaksOtherwise = keepLanguage(user.language)
  void useDevicesOf(user)
}

/** Somebody has just registered: their account begins with what this browser knows of them. */
export async function settleIn({ token, user }: SignedIn): Promise<void> {
  keepSession(token, user)
  const change: ProfileChange = { time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone }
  const theme = chosenTheme()
  if (theme !== null) change.theme = theme
  // A zone that the server does not know, or no answer: the profile has both.
  await api.changeMe(change).catch(pass)
}

/** Signs out here, also when the server cannot be reached; the start page is shown. */
export async function goOut(how: { everywhere?: boolean } = {}): Promise<void> {
  // Whoever uses this browser next is not to read who waits in somebody's lobby.
  await stopPush().catch(() => undefined)
  await (how.everywhere ? api.signOutEverywhere() : api.signOut()).catch(pass)
  forgetMember()
  endSession()
  navigate('/')
}

/** After signing in: where a link sent somebody to sign in from, or to the dashboard. Never to another site. */
export function onwards(wanted: string | null): void {
  const here = wanted !== null && URL.canParse(wanted, location.origin) ? new URL(wanted, location.origin) : null
  const to = here?.origin === location.origin ? here.pathname + here.search : '/dashboard'
  if (speaksOtherwise) location.replace(to)
  else navigate(to, { replace: true })
}

function pass(error: unknown): void {
  if (!(error instanceof Problem)) throw error
}
