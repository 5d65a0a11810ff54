/** What the parts of `together` need of the call, and the call of them. */
import type { Participant } from '../../api/types'
import type { NewMessage } from '../chat'
import type { News } from '../notices'
import type { Message } from './wire'

/** The way to the others. */
export interface Links {
  /** Ids of everybody else in the room. */
  others(): string[]
  /** To one person, or to everybody who is reached; how many that were. */
  send(message: Message, to?: string | null): number
  /** A new channel to one person; null where there is no way now. */
  channel(to: string, label: string): RTCDataChannel | null
  me(): Participant | null
  /** Somebody else in the room. */
  person(id: string): Participant | null
  /** Lays a line into the chat. */
  say(message: NewMessage): void
  tell(news: News): void
}

/** One of the things that people do together. */
export interface Part {
  heard(from: Participant, message: Message): void
  /** A new way to somebody: they know nothing yet, or lost what was on its way. */
  met(id: string): void
  /** The room changed: who left, or began anew, is here no more as who they were. */
  follow(): void
  close(): void
}
