import type { ChatMessage } from '../../call/model'

/** A line of the chat, as it was said to everybody. */
export function aMessage(more: Partial<ChatMessage> = {}): ChatMessage {
  const plain = { id: '1', from: 'p0', name: 'Ben', text: 'hello', at: new Date(), mine: false, key: 'k1' }
  return { ...plain, alone: null, quote: null, card: null, ...more }
}
