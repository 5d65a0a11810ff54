import { getLocale } from '../i18n/paraglide/runtime.js'

/** The form of the page's language that this person uses, for the order of day and month and the kind of clock. */
export function formatLocale(languages: readonly string[] = navigator.languages): string {
  const language: string = getLocale()
  const own = languages.find((one) => one === language || one.startsWith(`${language}-`))
  return own ?? (language === 'en' ? 'en-GB' : language)
}
