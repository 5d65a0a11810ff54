/** What another page sent, which may be anything: read so that nothing fails. Pure. */

const KEY = /^[\w-]{1,64}$/u

/** The object that is written there; empty for what is no text, longer than `most` UTF-16 units, or no JSON. */
export function readObject(raw: unknown, most: number): Record<string, unknown> {
  if (typeof raw !== 'string' || raw.length > most) return {}
  try {
    return (JSON.parse(raw) ?? {}) as Record<string, unknown>
  } catch {
    return {}
  }
}

/** A name that a page gives to something it sends. */
export function isKey(value: unknown): value is string {
  return typeof value === 'string' && KEY.test(value)
}
