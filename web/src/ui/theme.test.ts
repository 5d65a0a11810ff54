import { beforeEach, expect, test, vi } from 'vitest'
import { showTheme, theme } from './theme'

beforeEach(() => {
  localStorage.clear()
  document.documentElement.dataset['theme'] = 'light'
  document.head.innerHTML = '<meta name="color-scheme" content="light">'
})

test('a chosen theme is shown and kept under the public name', () => {
  showTheme('dark')

  expect(theme()).toBe('dark')
  expect(document.documentElement.dataset['theme']).toBe('dark')
  expect(document.querySelector('meta')?.content).toBe('dark')
  expect(localStorage.getItem('vcc-theme')).toBe('dark')
})

test('a browser that keeps nothing still shows it', () => {
  vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
    throw new DOMException('no', 'SecurityError')
  })

  showTheme('dark')

  expect(theme()).toBe('dark')
})
