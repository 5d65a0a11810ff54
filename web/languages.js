/** The languages of the pages, for the build. */
import { readFileSync } from 'node:fs'

/** @param {string} path @returns {unknown} */
const read = (path) => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'))

/** Paraglide's settings. */
export const settings = /** @type {{ baseLocale: string, locales: string[] }} */ (read('project.inlang/settings.json'))

/** @param {string} locale @returns {Record<string, unknown>} its texts by their keys */
export const texts = (locale) => /** @type {Record<string, unknown>} */ (read(`messages/${locale}.json`))

/** @param {string} locale @returns {string} the attributes of a root element in this language */
export const languageOf = (locale) =>
  `lang="${locale}" dir="${new Intl.Locale(locale).maximize().script === 'Arab' ? 'rtl' : 'ltr'}"`
