/** What people feel just now: seen by everybody for a moment, and kept nowhere. */
import type { Participant } from '../../api/types'
import type { Links, Part } from './links'
import type { Message, ReactionEmoji } from './wire'

/** One of somebody, while it is shown. */
export interface Reaction {
  /** Unique on this page. */
  key: number
  name: string
  mine: boolean
  emoji: ReactionEmoji
}

/** Milliseconds for which one is shown. */
export const SHOWN = 5000
/** At once: of a whole room that claps, some are enough. */
const MOST = 24
const KEY = 'reaction'

/** See the head of this file. */
export class Reactions implements Part {
  shown = $state.raw<readonly Reaction[]>([])
  readonly #links: Links
  #count = 0

  constructor(links: Links) {
    this.#links = links
  }

  react(emoji: ReactionEmoji): void {
    const me = this.#links.me()
    if (!me) return
    this.#links.send({ type: 'reaction', id: KEY, emoji })
    this.#show(me.name, true, emoji)
  }

  heard({ name }: Participant, message: Message): void {
    if (message.type === 'reaction') this.#show(name, false, message.emoji)
  }

  met(): void {
    // Who comes later missed it.
  }

  follow(): void {
    // It was meant when it was sent.
  }

  close(): void {
    this.shown = []
  }

  #show(name: string, mine: boolean, emoji: ReactionEmoji): void {
    const key = ++this.#count
    this.shown = [...this.shown, { key, name, mine, emoji }].slice(-MOST)
    setTimeout(() => (this.shown = this.shown.filter((one) => one.key !== key)), SHOWN)
  }
}
