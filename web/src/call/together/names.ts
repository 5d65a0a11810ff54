/** Names of files as strangers give them. Pure. */

const MOST = 120
const MOST_ENDING = 16
/** Devices of Windows, which no file may be called. */
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)(?=\.|$)/iu

/**
 * A name that is safe to save under and honest to look at: no folders, nothing invisible, nothing that turns the writing
 * around to hide what kind of file it is, no name of a device; never empty, and short with its ending kept.
 */
export function cleanName(raw: string): string {
  const last = raw.normalize('NFC').split(/[/\\]/u).at(-1) ?? ''
  const plain = last
    .replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Cn}\p{Zl}\p{Zp}]/gu, '')
    .replace(/[<>:"|?*]/gu, '_')
    .replace(/\s+/gu, ' ')
    .replace(/^[. ]+|[. ]+$/gu, '')
    .replace(RESERVED, '_$1')
  return plain === '' ? 'file' : shortened(plain)
}

/** The kind of file that a name claims, as its ending in capitals; empty where it has none. */
export function kindOf(name: string): string {
  return /\.([a-z0-9]{1,8})$/iu.exec(name)?.[1]?.toUpperCase() ?? ''
}

function shortened(name: string): string {
  if (name.length <= MOST) return name
  const dot = name.lastIndexOf('.')
  const ending = dot > 0 && name.length - dot <= MOST_ENDING ? name.slice(dot) : ''
  // Never half of a character that takes two units.
  return name.slice(0, MOST - ending.length).replace(/[\uD800-\uDBFF]$/u, '') + ending
}
