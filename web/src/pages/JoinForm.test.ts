import { afterEach, beforeEach, expect, test } from 'vitest'
import { show, submit, type Stage } from '../room/testing/stage'
import JoinForm from './JoinForm.svelte'

let form: Stage

beforeEach(() => {
  document.body.innerHTML = ''
  form = show(JoinForm, {})
})

afterEach(() => history.replaceState(null, '', '/'))

test('a code leads to its meeting', () => {
  form.write('Meeting code or link', ' ABC defg HJK ')
  submit(form)
  expect(location.pathname).toBe('/m/abc-defg-hjk')
})

test('a host link keeps its key', () => {
  form.write('Meeting code or link', 'https://example.org/m/abc-defg-hjk#host=secret')
  submit(form)
  expect(location.hash).toBe('#host=secret')
})

test('what is no code is said beside the field until it changes', () => {
  form.write('Meeting code or link', 'nonsense')
  submit(form)
  expect(form.text()).toContain('That is no meeting code or link.')
  expect(form.field('Meeting code or link').getAttribute('aria-invalid')).toBe('true')
  expect(document.activeElement).toBe(form.field('Meeting code or link'))

  form.write('Meeting code or link', 'abc')
  expect(form.text()).not.toContain('That is no meeting code')
  expect(location.pathname).toBe('/')
})

test('an empty field says what belongs there', () => {
  submit(form)
  expect(form.text()).toContain('Type the code or paste the link')
})
