/** Chat between browsers: what goes over a data channel, and what is let in. Pure. */
import type { ChatMessage } from './model'

/** Longest message, in UTF-16 units, as the text field counts them. */
export const MOST_CHARACTERS = 4000
/** JSON may need up to six characters for one. */
const MOST_RAW = MOST_CHARACTERS * 6 + 64
/** A person may send so many at once, and then one each `REFILL` milliseconds. */
const BURST = 10
const REFILL = 1000
const MOST_MESSAGES = 1000

/** The message as it is sent, or null for one that says nothing or is too long. */
export function writeChat(text: string): string | null {
  const plain = text.trim()
  return plain === '' || plain.length > MOST_CHARACTERS ? null : JSON.stringify({ text: plain })
}

/**
 * Reads what one peer sends. Who that is the channel tells, and their name the room: nothing in a message could pretend.
 */
export class ChatInlet {
  #tokens = BURST
  #at = 0

  /** The text, or null for what is malformed, too long, or too much; `now` in milliseconds. */
  read(raw: unknown, now: number): string | null {
    this.#tokens = Math.min(BURST, this.#tokens + (now - this.#at) / REFILL)
    this.#at = now
    if (this.#tokens < 1) return null
    this.#tokens--
    if (typeof raw !== 'string' || raw.length > MOST_RAW) return null
    const text = readText(raw)?.trim()
    return text === undefined || text === '' || text.length > MOST_CHARACTERS ? null : text
  }
}

/** The messages with one more, which arrived now; the oldest go when there are very many. */
export function append(before: readonly ChatMessage[], message: Omit<ChatMessage, 'id' | 'at'>): ChatMessage[] {
  const id = Number(before.at(-1)?.id ?? 0) + 1
  return [...before, { ...message, id: String(id), at: new Date() }].slice(-MOST_MESSAGES)
}

function readText(raw: string): string | undefined {
  try {
    const { text } = JSON.parse(raw) as { text?: unknown }
    return typeof text === 'string' ? text : undefined
  } catch {
    return undefined
  }
}
