/** Where one is in the console: everything that a list shows stands in the address, so that it can be kept and sent. */
import { navigate, route } from '../router'

/** The parts of the path after /admin; reactive. */
export function place(): { section: string; item: string | null } {
  route()
  const [, , section = '', item] = location.pathname.split('/')
  return { section, item: item === undefined || item === '' ? null : decodeURIComponent(item) }
}

/** An address of the console. */
export function consolePath(section: string, item?: string): string {
  const path = section === '' ? '/admin' : `/admin/${section}`
  return item === undefined ? path : `${path}/${encodeURIComponent(item)}`
}

/** The address of this page with some of what stands after the ? changed; null takes it out. */
export function withQuery(changes: Record<string, string | null>): string {
  const query = new URLSearchParams(location.search)
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === '') query.delete(name)
    else query.set(name, value)
  }
  const text = query.toString()
  return text === '' ? location.pathname : `${location.pathname}?${text}`
}

/** Changes what a list shows; from its first page on. */
export function ask(changes: Record<string, string | null>): void {
  navigate(withQuery({ cursor: null, ...changes }), { replace: true })
}

/** The query of a list from its parts; what is empty is left out. */
export function question(parts: readonly (readonly [string, string])[]): string {
  return new URLSearchParams(parts.filter(([, value]) => value !== '').map(([name, value]) => [name, value])).toString()
}

/** The same question for the page from a cursor on. */
export function fromCursor(asked: string, cursor: string | null): string {
  return cursor === null ? asked : `${asked}&${new URLSearchParams({ cursor })}`
}
