import { createSubscriber } from 'svelte/reactivity'

/** What is kept in localStorage `vcc-theme`. */
export type Theme = 'light' | 'dark'

const KEY = 'vcc-theme'
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

/** The theme that was chosen in this browser, or null for the system's; reactive. */
export function chosenTheme(): Theme | null {
  subscribe()
  try {
    const kept = localStorage.getItem(KEY)
    return kept === 'light' || kept === 'dark' ? kept : null
  } catch {
    return null
  }
}

/** Shows a theme and remembers it; `system` is what the system has now, and nothing is remembered. */
export function showTheme(choice: Theme | 'system'): void {
  const next = choice !== 'system' ? choice : matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'
  document.documentElement.dataset['theme'] = next
  document.querySelector('meta[name="color-scheme"]')?.setAttribute('content', next)
  try {
    if (choice === 'system') localStorage.removeItem(KEY)
    else localStorage.setItem(KEY, choice)
  } catch {
    // Storage may be forbidden: the choice then holds for this page.
  }
  announce?.()
}
