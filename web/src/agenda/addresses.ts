/** The addresses that people type or paste to invite others. */

const SHAPE = /^[^@\s<>,;"]+@[^@\s<>,;"]+\.[^@\s<>,;"]+$/u

/** So many people can be invited to one meeting. */
export const MOST_INVITEES = 50

/** Whether this looks like an e-mail address. The server decides; this saves a round trip. */
export function looksLikeAddress(text: string): boolean {
  return text.length <= 254 && SHAPE.test(text)
}

/**
 * Takes apart what stands in a field or on the clipboard: one for each line, or separated by commas or semicolons, bare
 * or as mail programs write them (`"Byron, Ada" <ada@example.org>`).
 */
export function splitAddresses(text: string): string[] {
  return text
    .replaceAll(/"[^"]*"/gu, ' ')
    .split(/[,;\n\r\t]+/u)
    .flatMap(addressesIn)
}

function addressesIn(part: string): string[] {
  const trimmed = part.trim()
  const bracketed = /<([^<>]*)>/u.exec(trimmed)?.[1]?.trim()
  if (bracketed) return [bracketed]
  // Several with nothing but blanks between them, as they are copied out of a table.
  const words = trimmed.split(/\s+/u)
  if (words.length > 1 && words.every(looksLikeAddress)) return words
  return trimmed === '' ? [] : [trimmed]
}

/** Puts new addresses behind those that are there, none twice, whatever their capitals. */
export function addAddresses(there: readonly string[], text: string): string[] {
  const all = [...there]
  const known = new Set(there.map((one) => one.toLowerCase()))
  for (const one of splitAddresses(text)) {
    if (known.has(one.toLowerCase())) continue
    known.add(one.toLowerCase())
    all.push(one)
  }
  return all
}
