/** Reads what people type or paste to get into a meeting. The landing page needs it: it imports nothing. */

// Crockford's base32 in small letters: no i, l, o, u.
const CODE = /^([0-9a-hjkmnp-tv-z]{3})([0-9a-hjkmnp-tv-z]{4})([0-9a-hjkmnp-tv-z]{3})$/
const LINK = /\/m\/([^/?#\s]+)[^\s#]*(#\S*)?/i
const HOST_KEY = /[#&]host=([\w-]+)(?=&|$)/
const LINK_KEY = /[#&]k=([\w-]{22})(?![\w-])/
// Everything that stands between the letters when a code is written, copied or typed: blanks, dashes of all kinds,
// and what is invisible.
const BETWEEN = /[\s\p{Pd}\p{Cf}_.]/gu
const AROUND = /^[<(["'“]+|[>)\]"'”,;:!?]+$/g

/** The code in its written form `xxx-xxxx-xxx`, or null where `text` cannot be one. The server reads codes alike. */
export function readCode(text: string): string | null {
  const plain = text.replace(BETWEEN, '').replace(AROUND, '').toLowerCase().replaceAll('o', '0').replace(/[il]/g, '1')
  const parts = CODE.exec(plain)
  return parts ? parts.slice(1).join('-') : null
}

/**
 * The path of the meeting that somebody means: a code, a link of any host, or a message with a link in it. The keys in
 * its fragment are kept.
 */
export function readInvitation(text: string): string | null {
  const link = LINK.exec(text)
  const code = readCode(link?.[1] === undefined ? text : decoded(link[1]))
  if (code === null) return null
  const fragment = (link?.[2] ?? '').replace(AROUND, '')
  return `/m/${code}${writeFragment({ host: readHostKey(fragment), key: readLinkKey(fragment) })}`
}

/** The key in the fragment of a host link, or null. */
export function readHostKey(fragment: string): string | null {
  return HOST_KEY.exec(fragment)?.[1] ?? null
}

/** The key that every link of a meeting may carry, for the browsers alone; null where there is none that is whole. */
export function readLinkKey(fragment: string): string | null {
  return LINK_KEY.exec(fragment)?.[1] ?? null
}

/** What stands behind a link: the key of a host, and the key of the link. */
export function writeFragment({ host, key }: { host: string | null; key: string | null }): string {
  const parts = [host === null ? '' : `host=${host}`, key === null ? '' : `k=${key}`].filter((part) => part !== '')
  return parts.length === 0 ? '' : `#${parts.join('&')}`
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
