import { request } from '../api/client'
import { userToken } from '../api/session'
import { locales } from '../../project.inlang/settings.json'
import { getLocale } from '../i18n/paraglide/runtime.js'

/** The server reads it, and the pages of `make dev`. */
const COOKIE = 'language'
const KEPT_SECONDS = 365 * 24 * 3600

/** The languages that pages are in, each with its own name for itself. */
export function languages(): { value: string; label: string }[] {
  return locales.map((one) => ({ value: one, label: nameOf(one) }))
}

function nameOf(language: string): string {
  const name = new Intl.DisplayNames([language], { type: 'language' }).of(language) ?? language
  return name.charAt(0).toLocaleUpperCase(language) + name.slice(1)
}

/** From now on this browser gets its pages in a language. Says whether this page is in another one. */
export function keepLanguage(language: string): boolean {
  const known = locales.some((one) => one === language)
  if (known) document.cookie = `${COOKIE}=${language}; path=/; max-age=${KEPT_SECONDS}; samesite=lax`
  return known && language !== getLocale()
}

/** Shows the page in another language, which means loading it. What an account prefers follows the choice. */
export async function chooseLanguage(language: string): Promise<void> {
  if (!keepLanguage(language)) return
  const token = userToken()
  // Without an answer the choice holds in this browser.
  if (token) await request('/api/me', { method: 'PATCH', body: JSON.stringify({ language }) }, token).catch(() => null)
  location.reload()
}
