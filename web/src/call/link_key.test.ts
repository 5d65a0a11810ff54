import { beforeEach, expect, it } from 'vitest'
import { keepKey, keyOf, makeKey, withKey } from './link_key'
import { forgetMember } from './memory'
import { whole } from './sharing'

const CODE = 'abc-defg-hjk'
const KEY = '0123456789abcdefghij-_'
const OTHER = 'zyxwvutsrqponmlkjih-_0'

beforeEach(() => {
  localStorage.clear()
})

it('is made with the meeting and kept here', () => {
  const path = makeKey(CODE)
  const key = keyOf(CODE) ?? ''
  expect(key).toMatch(/^[\w-]{22}$/)
  expect(path).toBe(`/m/${CODE}#k=${key}`)
})

it('is that of the link that was opened last, except for who made the meeting', () => {
  keepKey(CODE, KEY)
  keepKey(CODE, OTHER)
  expect(keyOf(CODE)).toBe(OTHER)
  makeKey(CODE)
  const made = keyOf(CODE)
  keepKey(CODE, KEY)
  expect(keyOf(CODE)).toBe(made)
})

it('stands behind whatever link is handed on, once', () => {
  expect(withKey('https://site/m/abc-defg-hjk', CODE)).toBe('https://site/m/abc-defg-hjk')
  keepKey(CODE, KEY)
  expect(withKey('https://site/m/abc-defg-hjk', CODE)).toBe(`https://site/m/abc-defg-hjk#k=${KEY}`)
  expect(withKey('/m/abc-defg-hjk#host=secret', CODE)).toBe(`/m/abc-defg-hjk#host=secret&k=${KEY}`)
  expect(withKey(`/m/abc-defg-hjk#k=${KEY}`, CODE)).toBe(`/m/abc-defg-hjk#k=${KEY}`)
})

it('is in the e-mail that a person sends, and in no calendar of another company', () => {
  keepKey(CODE, KEY)
  const link = 'https://site/m/abc-defg-hjk'
  const calendar = { google: `https://calendar.example/?text=${encodeURIComponent(link)}`, outlook: '', apple: '' }
  const email = { subject: 'Tea & cake', text: `Come:\n${link}\n`, mailto: 'mailto:?' }
  const ways = whole({ link, qr: '', email, calendar }, CODE)
  expect(ways.email.text).toBe(`Come:\n${link}#k=${KEY}\n`)
  const mail = new URL(ways.email.mailto)
  expect(mail.searchParams.get('subject')).toBe('Tea & cake')
  expect(mail.searchParams.get('body')).toBe(`Come:\r\n${link}#k=${KEY}\r\n`)
  expect(JSON.stringify(ways.calendar)).not.toContain(KEY)
})

it('is forgotten after half a year, and what is none is not believed', () => {
  const at = Date.now() - 181 * 24 * 3600 * 1000
  localStorage.setItem('vcc-link-keys', JSON.stringify({ [CODE]: { key: KEY, at } }))
  expect(keyOf(CODE)).toBeNull()
  localStorage.setItem('vcc-link-keys', JSON.stringify({ [CODE]: { key: '<script>', at: Date.now() } }))
  expect(keyOf(CODE)).toBeNull()
})

it('goes when a member signs out; that of a guest stays', () => {
  keepKey(CODE, KEY)
  localStorage.setItem('token', 't')
  localStorage.setItem('user', JSON.stringify({ id: 'u1', name: 'Ada' }))
  keepKey('xyz-defg-hjk', OTHER)
  forgetMember()
  expect(keyOf(CODE)).toBe(KEY)
  expect(keyOf('xyz-defg-hjk')).toBeNull()
})
