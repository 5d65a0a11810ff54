import { getLocale } from '../i18n/paraglide/runtime.js'

/** A day as people write it. */
export function day(moment: string): string {
  return new Intl.DateTimeFormat(getLocale(), { dateStyle: 'long' }).format(new Date(moment))
}

/** A day and a time of day. */
export function moment(text: string): string {
  return new Intl.DateTimeFormat(getLocale(), { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(text))
}
