import { expect, test } from 'vitest'
import settings from '../../project.inlang/settings.json'

/** A text, or one for each plural form: `{ "match": { "form=one": …, "form=other": … } }`. */
type Text = string | [{ declarations: string[]; match: Record<string, string> }]

const files = import.meta.glob<Record<string, Text>>('../../messages/*.json', { eager: true, import: 'default' })
const english = read('en')
const others = settings.locales.filter((locale) => locale !== settings.baseLocale)

function read(locale: string): Record<string, Text> {
  const texts = Object.entries(files[`../../messages/${locale}.json`] ?? {})
  return Object.fromEntries(texts.filter(([key]) => key !== '$schema'))
}

function variants(text: Text): string[] {
  return typeof text === 'string' ? [text] : Object.values(text[0].match)
}

function holes(text: string): string[] {
  return [...new Set(text.match(/\{\w+\}/gu) ?? [])].sort()
}

test('every file of texts is one of a language that is offered', () => {
  expect(Object.keys(files).sort()).toEqual(settings.locales.map((one) => `../../messages/${one}.json`).sort())
})

test.each(others)('every text is there in %s, and none that is not asked for', (locale) => {
  expect(Object.keys(read(locale)).sort()).toEqual(Object.keys(english).sort())
})

test.each(others)('texts in %s have the gaps of the English ones, and a form for each kind of number', (locale) => {
  const forms = new Intl.PluralRules(locale).resolvedOptions().pluralCategories.map((form) => `form=${form}`)
  const wrong = Object.entries(read(locale)).filter(([key, text]) => {
    const original = english[key]
    if (original === undefined || typeof text !== typeof original) return true
    if (typeof text === 'string' || typeof original === 'string') {
      return holes(variants(text).join()).join() !== holes(variants(original).join()).join()
    }
    const allowed = holes(variants(original).join())
    return (
      text[0].declarations.join() !== original[0].declarations.join() ||
      Object.keys(text[0].match).sort().join() !== forms.sort().join() ||
      variants(text).some((one) => holes(one).some((hole) => !allowed.includes(hole)))
    )
  })
  expect(wrong).toEqual([])
})

test.each(others)('no sentence was left in English in %s', (locale) => {
  const texts = read(locale)
  const left = Object.keys(english).filter((key) => {
    const same = JSON.stringify(texts[key]) === JSON.stringify(english[key])
    return same && variants(english[key] ?? '').some((one) => one.replaceAll(/\{\w+\}/gu, '').split(/\s+/u).length > 3)
  })
  expect(left).toEqual([])
})
