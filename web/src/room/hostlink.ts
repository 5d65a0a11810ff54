/**
 * The host link of a meeting that was made on this page. The server tells it once; it is kept in memory only, because
 * whoever finds it can act as host.
 */
const links = new Map<string, string>()

export function keepHostLink(code: string, link: string): void {
  links.set(code, link)
}

export function hostLink(code: string): string | null {
  return links.get(code) ?? null
}
