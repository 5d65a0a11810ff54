import { m } from '../i18n/paraglide/messages.js'

/** What the server keeps in place of a name that was erased (`src/videocall/words`), in the reader's words. */
const ERASED = new Map([
  ['Deleted user', m.deleted_user],
  ['Deleted guest', m.deleted_guest],
])

/** The name of somebody in the record of a meeting. */
export function nameOf(name: string): string {
  return ERASED.get(name)?.() ?? name
}
