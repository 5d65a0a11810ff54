/** A tiny router over the History API: links stay real links, and this file decides which of them stay in the page. */
import { createSubscriber } from 'svelte/reactivity'

/** What the address asks for. */
export type Route = { page: 'landing' } | { page: 'meeting'; code: string } | { page: 'not_found' }

/** Reads a path. Whatever stands after `/m/` counts as a code: the meeting page says what is wrong with it. */
export function readRoute(path: string): Route {
  if (path === '/') return { page: 'landing' }
  const meeting = /^\/m\/([^/]+)\/?$/u.exec(path)
  const code = meeting?.[1] === undefined ? null : decode(meeting[1])
  return code === null ? { page: 'not_found' } : { page: 'meeting', code }
}

function decode(part: string): string | null {
  try {
    return decodeURIComponent(part)
  } catch {
    return null
  }
}

// The server answers these itself; everything else under our origin is a page of this application.
const SERVED = /^\/(api|admin|assets|uploads|healthz|readyz|metrics)(\/|$)/u

let announce: (() => void) | null = null
let moves = 0

const subscribe = createSubscriber((update) => {
  announce = update
  return () => {
    announce = null
  }
})

/** The route that is shown; reactive. */
export function route(): Route {
  subscribe()
  return readRoute(location.pathname)
}

/** How often the page was changed without loading it anew: the first page must not grab the focus. */
export function navigations(): number {
  return moves
}

/** Goes to a path of this application. */
export function navigate(path: string, how: { replace?: boolean } = {}): void {
  if (how.replace) history.replaceState(null, '', path)
  else history.pushState(null, '', path)
  moved()
  window.scrollTo(0, 0)
}

/** Starts to follow links and the back button; the answer stops it. */
export function followLinks(): () => void {
  document.addEventListener('click', follow)
  window.addEventListener('popstate', moved)
  return () => {
    document.removeEventListener('click', follow)
    window.removeEventListener('popstate', moved)
  }
}

function moved(): void {
  moves += 1
  announce?.()
}

function follow(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0) return
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
  const link = event.target instanceof Element ? event.target.closest('a') : null
  if (link?.target !== '' || link.hasAttribute('download') || link.origin !== location.origin) return
  if (SERVED.test(link.pathname)) return
  event.preventDefault()
  navigate(link.pathname + link.search + link.hash)
}
