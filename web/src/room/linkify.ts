/** A piece of a chat message: plain text, or an address that becomes a link. */
export interface Piece {
  text: string
  href: string | null
}

const ADDRESS = /https?:\/\/[^\s<>"']+/giu

/** Cuts a message at its web addresses. What ends a sentence, or closes a bracket opened before, is not part of one. */
export function linkify(text: string): Piece[] {
  const pieces: Piece[] = []
  let from = 0
  for (const match of text.matchAll(ADDRESS)) {
    const address = trimEnd(match[0])
    if (!URL.canParse(address)) continue
    if (match.index > from) pieces.push({ text: text.slice(from, match.index), href: null })
    pieces.push({ text: address, href: address })
    from = match.index + address.length
  }
  if (from < text.length) pieces.push({ text: text.slice(from), href: null })
  return pieces
}

function trimEnd(address: string): string {
  let end = address.replace(/[.,;:!?]+$/u, '')
  if (end.endsWith(')') && !end.includes('(')) end = end.slice(0, -1)
  return end
}
