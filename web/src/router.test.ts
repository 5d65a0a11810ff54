import { afterEach, expect, test } from 'vitest'
import { followLinks, fragment, navigate, query, readRoute, route, staysHere } from './router'

afterEach(() => history.replaceState(null, '', '/'))

test.each([
  ['/', { page: 'landing' }],
  ['/m/abc-defg-hjk', { page: 'meeting', code: 'abc-defg-hjk' }],
  ['/m/abc-defg-hjk/', { page: 'meeting', code: 'abc-defg-hjk' }],
  ['/m/ABC%20DEFG', { page: 'meeting', code: 'ABC DEFG' }],
  ['/login', { page: 'login' }],
  ['/meetings/abc-defg-hjk', { page: 'details', code: 'abc-defg-hjk' }],
  ['/meetings', { page: 'not_found' }],
  ['/account/delete-account/', { page: 'delete_account' }],
  ['/toString', { page: 'not_found' }],
  ['/m/', { page: 'not_found' }],
  ['/m/%E0%A4%A', { page: 'not_found' }],
  ['/m/a/b', { page: 'not_found' }],
  ['/no/such/page', { page: 'not_found' }],
])('%s is read as %o', (path, expected) => {
  expect(readRoute(path)).toEqual(expected)
})

test('going somewhere changes the address and what is shown', () => {
  navigate('/m/abc-defg-hjk')

  expect(location.pathname).toBe('/m/abc-defg-hjk')
  expect(route()).toEqual({ page: 'meeting', code: 'abc-defg-hjk' })
})

test('what stands after the # is found by its name', () => {
  navigate('/verify-email#token=a-b_c')

  expect(fragment('token')).toBe('a-b_c')
  expect(fragment('keep')).toBeNull()
})

test('what stands after the ? is found by its name', () => {
  navigate('/schedule?meeting=abc-defg-hjk&on=2027-03-03T08%3A30%3A00Z')

  expect(query('meeting')).toBe('abc-defg-hjk')
  expect(query('on')).toBe('2027-03-03T08:30:00Z')
  expect(query('token')).toBeNull()
})

const click = { defaultPrevented: false, button: 0, metaKey: false, ctrlKey: false, shiftKey: false, altKey: false }
const link = { target: '', download: '', origin: location.origin, pathname: '/m/abc-defg-hjk' }

test('a click on a link of ours stays in the page', () => {
  const stop = followLinks()
  document.body.innerHTML = '<a href="/m/abc-defg-hjk"><span>in</span></a>'
  const event = new MouseEvent('click', { bubbles: true, cancelable: true })
  document.querySelector('span')?.dispatchEvent(event)
  stop()

  expect(event.defaultPrevented).toBe(true)
  expect(location.pathname).toBe('/m/abc-defg-hjk')
})

test.each([
  ['opened in another tab', { ctrlKey: true }, {}],
  ['pressed with the middle button', { button: 1 }, {}],
  ['that somebody else has dealt with', { defaultPrevented: true }, {}],
  ['for another window', {}, { target: '_blank' }],
  ['to another site', {}, { origin: 'https://example.org' }],
  ['for a file', {}, { download: 'code.png' }],
  ['that the server answers', {}, { pathname: '/api/docs' }],
])('a link %s is left to the browser', (_, clicked, linked) => {
  expect(staysHere(click, link)).toBe(true)
  expect(staysHere({ ...click, ...clicked }, { ...link, ...linked })).toBe(false)
})
