import { createSubscriber } from 'svelte/reactivity'

/** What is kept in localStorage `vcc-theme`. */
export type Theme = 'light' | 'dark'

let announce: (() => void) | null = null

// The attribute on the root element is the truth: theme.js sets it before the first paint.
const subscribe = createSubscriber((update) => {
  announce = update
  return () => {
    announce = null
  }
})

/** The theme that is shown now; reactive. */
export function theme(): Theme {
  subscribe()
  return document.documentElement.dataset['theme'] === 'dark' ? 'dark' : 'light'
}

/** Shows a theme and remembers it. */
export function setTheme(next: Theme): void {
  document.documentElement.dataset['theme'] = next
  document.querySelector('meta[name="color-scheme"]')?.setAttribute('content', next)
  try {
    localStorage.setItem('vcc-theme', next)
  } catch {
    // Storage may be forbidden: the choice then holds for this page.
  }
  announce?.()
}
