/** Ways to hand on a meeting, with the key of its link where this browser has it: the server knows none of that. */
import { getShare } from '../api/client'
import type { Share } from '../api/types'
import { withKey } from './link_key'

/**
 * What the server offers, made whole.
 * @throws {Problem}
 */
export async function waysToShare(code: string): Promise<Share> {
  return whole(await getShare(code), code)
}

/** Calendars of other companies get the link as the server knows it. */
export function whole(share: Share, code: string): Share {
  const link = withKey(share.link, code)
  const { subject } = share.email
  const text = share.email.text.replaceAll(share.link, link)
  // RFC 6068 wants %20 for spaces and CRLF for line ends.
  const body = encodeURIComponent(text.replaceAll('\n', '\r\n'))
  return {
    ...share,
    link,
    email: { subject, text, mailto: `mailto:?subject=${encodeURIComponent(subject)}&body=${body}` },
  }
}
