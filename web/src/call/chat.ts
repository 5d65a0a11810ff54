/** Chat between browsers: what goes over a data channel, and what is let in (docs/protocol.md). Pure. */
import { randomHex } from './bytes'
import type { ChatMessage } from './model'
import { isKey, readObject } from './untrusted'

/** Longest message, in UTF-16 units, as the text field counts them. */
export const MOST_CHARACTERS = 4000
/** JSON may need up to six characters for one; the rest is for keys. */
const MOST_RAW = MOST_CHARACTERS * 6 + 400
/** A person may send so many at once, and then one each `REFILL` milliseconds. */
const BURST = 10
const REFILL = 1000
const MOST_MESSAGES = 1000

/** Names a message: by whom, and what its sender calls it. Who answers sends this and not the words, which nobody could check. */
export interface Reference {
  from: string
  key: string
}

/** One message on its way. */
export interface Said {
  text: string
  /** Unique among the messages of its sender; empty where it cannot be answered. */
  key: string
  reply: Reference | null
  /** Meant for one person, and shown as that. */
  alone: boolean
}

/** A name for something that is sent: 64 random bits. */
export function newKey(): string {
  return randomHex(8)
}

/** The message as it is sent, or null for one that says nothing or is too long. */
export function writeChat({ text, key, reply, alone }: Said): string | null {
  const plain = text.trim()
  if (plain === '' || plain.length > MOST_CHARACTERS) return null
  // Under another name than `text`: a page that does not know private messages must not show one as said to all.
  return JSON.stringify({ [alone ? 'private' : 'text']: plain, key, ...(reply && { reply }) })
}

/**
 * Reads what one peer sends. Who that is the channel tells, and their name the room: nothing in a message could pretend.
 */
export class ChatInlet {
  #tokens = BURST
  #at = 0

  /** What was said, or null for what is malformed, too long, or too much; `now` in milliseconds. */
  read(raw: unknown, now: number): Said | null {
    this.#tokens = Math.min(BURST, this.#tokens + (now - this.#at) / REFILL)
    this.#at = now
    if (this.#tokens < 1) return null
    this.#tokens--
    return readSaid(readObject(raw, MOST_RAW))
  }
}

/** A new line of the chat; what is not said of it is as for a plain message. */
export type NewMessage = Pick<ChatMessage, 'from' | 'name' | 'text' | 'mine'> &
  Partial<Pick<ChatMessage, 'key' | 'alone' | 'quote' | 'card'>>

/** The messages with one more, which arrived now; the oldest go when there are very many. */
export function append(before: readonly ChatMessage[], message: NewMessage): ChatMessage[] {
  const id = Number(before.at(-1)?.id ?? 0) + 1
  const plain = { key: '', alone: null, quote: null, card: null }
  return [...before, { ...plain, ...message, id: String(id), at: new Date() }].slice(-MOST_MESSAGES)
}

/** The message that another one answers, as this page has it; `null` text where it came before this page, or to others. */
export function quoted(messages: readonly ChatMessage[], reply: Reference | null): ChatMessage['quote'] {
  if (reply === null) return null
  const found = messages.find(({ from, key }) => from === reply.from && key === reply.key)
  return found ? { name: found.name, text: found.text, mine: found.mine } : { name: '', text: null, mine: false }
}

function readSaid(message: Record<string, unknown>): Said | null {
  const alone = message['private'] !== undefined
  const words = alone ? message['private'] : message['text']
  const text = typeof words === 'string' ? words.trim() : ''
  if (text === '' || text.length > MOST_CHARACTERS) return null
  return { text, alone, key: isKey(message['key']) ? message['key'] : '', reply: readReply(message['reply']) }
}

function readReply(value: unknown): Reference | null {
  const { from, key } = (value ?? {}) as Partial<Record<keyof Reference, unknown>>
  return isKey(from) && isKey(key) ? { from, key } : null
}
