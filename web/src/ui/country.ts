/** Countries as people call them; no markup. */
import { getLocale } from '../i18n/paraglide/runtime.js'

/** The name of a country in the language of the page; the code itself where it names none. */
export function countryOf(code: string): string {
  if (!/^[A-Za-z]{2}$/u.test(code)) return code
  return new Intl.DisplayNames([getLocale()], { type: 'region', fallback: 'code' }).of(code.toUpperCase()) ?? code
}
