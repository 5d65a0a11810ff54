import { append, quoted, type NewMessage, type Reference } from './chat'
import type { ChatMessage, Notice } from './model'
import type { News } from './notices'

const MOST_NOTICES = 20

/** What scrolls by in a call: chat and notices. */
export class Feed {
  messages = $state.raw<ChatMessage[]>([])
  notices = $state.raw<Notice[]>([])
  #numbers = 0

  add(message: NewMessage, reply: Reference | null = null): void {
    this.messages = append(this.messages, { ...message, quote: quoted(this.messages, reply) })
    const { mine, name, text, alone = null } = message
    if (!mine) this.tell({ kind: 'said', name, text, alone: alone !== null })
  }

  tell(...news: News[]): void {
    if (news.length === 0) return
    const numbered = news.map((item): Notice => ({ ...item, id: ++this.#numbers }))
    this.notices = [...this.notices, ...numbered].slice(-MOST_NOTICES)
  }
}
