/** A tiny router over the History API: links stay real links, and this file decides which of them stay in the page. */
import { createSubscriber } from 'svelte/reactivity'

const PAGES = {
  '/': 'landing',
  '/login': 'login',
  '/login/sso': 'single_sign_on',
  '/register': 'register',
  '/forgot-password': 'forgot_password',
  '/verify-email': 'verify_email',
  '/profile': 'profile',
  '/account/delete-account': 'delete_account',
  '/dashboard': 'dashboard',
  '/schedule': 'schedule',
  '/rsvp': 'rsvp',
  '/my-record': 'my_record',
  '/test': 'connection_test',
  '/privacy-rights': 'privacy_rights',
} as const

/** Pages whose whole address is their name. */
export type PlainPage = (typeof PAGES)[keyof typeof PAGES]

/** What the address asks for. */
export type Route =
  { page: PlainPage } | { page: 'meeting' | 'details'; code: string } | { page: 'admin' } | { page: 'not_found' }

/** Reads a path. Whatever stands after `/m/` or `/meetings/` counts as a code: those pages say what is wrong with it. */
export function readRoute(path: string): Route {
  const plain = path.length > 1 ? path.replace(/\/$/u, '') : path
  if (Object.hasOwn(PAGES, plain)) return { page: PAGES[plain as keyof typeof PAGES] }
  if (/^\/admin(\/|$)/u.test(plain)) return { page: 'admin' }
  const about = /^\/(m|meetings)\/([^/]+)$/u.exec(plain)
  const code = about?.[2] === undefined ? null : decode(about[2])
  return code === null ? { page: 'not_found' } : { page: about?.[1] === 'm' ? 'meeting' : 'details', code }
}

function decode(part: string): string | null {
  try {
    return decodeURIComponent(part)
  } catch {
    return null
  }
}

// The server answers these itself; everything else under our origin is a page of this application.
const SERVED = /^\/(api|assets|legal|uploads|healthz|readyz|metrics)(\/|$)/u

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

/** What stands under a name after the #, where links carry what no server log may see; reactive. */
export function fragment(name: string): string | null {
  subscribe()
  return new URLSearchParams(location.hash.slice(1)).get(name)
}

/** What stands under a name in the address after the ?; reactive. */
export function query(name: string): string | null {
  subscribe()
  return new URLSearchParams(location.search).get(name)
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

/** What of a link and of a click decides whether the page stays. */
type Link = Pick<HTMLAnchorElement, 'target' | 'origin' | 'pathname' | 'download'>
type Click = Pick<MouseEvent, 'defaultPrevented' | 'button' | 'metaKey' | 'ctrlKey' | 'shiftKey' | 'altKey'>

/** Whether a click on a link is ours to follow; everything else the browser does as it always does. */
export function staysHere(click: Click, link: Link): boolean {
  if (click.defaultPrevented || click.button !== 0) return false
  if (click.metaKey || click.ctrlKey || click.shiftKey || click.altKey) return false
  return link.target === '' && link.download === '' && link.origin === location.origin && !SERVED.test(link.pathname)
}

function follow(event: MouseEvent): void {
  const link = event.target instanceof Element ? event.target.closest('a') : null
  if (!link || !staysHere(event, link)) return
  event.preventDefault()
  navigate(link.pathname + link.search + link.hash)
}
