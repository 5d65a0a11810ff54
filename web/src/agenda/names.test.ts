import { expect, test } from 'vitest'
import { overwriteGetLocale } from '../i18n/paraglide/runtime.js'
import { nameOf } from './names'

test('a name that was erased is said in the language of the page, every other as it is', () => {
  overwriteGetLocale(() => 'de')
  expect(['Deleted user', 'Deleted guest', 'Ada', 'deleted user'].map(nameOf)).toEqual([
    'Gelöschter Nutzer',
    'Gelöschter Gast',
    'Ada',
    'deleted user',
  ])
})
