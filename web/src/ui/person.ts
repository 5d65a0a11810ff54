// What a reader takes for one letter: an emoji of several code points stays whole.
const letters = new Intl.Segmenter()

/** First letters of the first and last word of a name, for the avatar. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/u)
  const first = words[0] ?? ''
  const last = words.length > 1 ? (words.at(-1) ?? '') : ''
  return `${firstLetter(first)}${firstLetter(last)}`.toLocaleUpperCase()
}

/** One of six tints, the same for the same name on every screen. */
export function tint(name: string): number {
  let sum = 0
  for (const letter of name.trim()) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 9973
  return sum % 6
}

function firstLetter(word: string): string {
  for (const { segment } of letters.segment(word)) return segment
  return ''
}
