import type { CallModel } from '../call/model'

const UNDO_MS = 3000

export type Panel = 'chat' | 'people'
export type Source = 'camera' | 'screen'

/** A picture that somebody wants to keep large. */
export interface Pin {
  id: string
  source: Source
}

/** What one person has opened and chosen in the room. Nothing of it leaves the page. */
export class RoomView {
  panel = $state<Panel | null>(null)
  dialog = $state<'invite' | 'settings' | 'shortcuts' | 'access' | null>(null)
  /** `auto` is a grid that makes way for a shared screen. */
  layout = $state<'auto' | 'grid' | 'speaker'>('auto')
  pinned = $state<Pin | null>(null)
  /** Single keys as shortcuts can be switched off (WCAG 2.1.4): who dictates text needs that. */
  keys = $state(true)
  /** Whether one picture is in front now; the stage decides and says so. */
  focused = $state(false)
  /** More than one other person: only then does it need saying who speaks. */
  several = $state(false)
  /** Whether the pictures can be seen: not in a hidden tab, nor under a panel that covers them. Room says so. */
  seen = $state(true)
  /** The host pressed `End for all`, and may still take it back. */
  ending = $state(false)
  /** The end that a person has been told of, and wants to hear no more about. */
  #toldEnd = $state<string | null>(null)
  #read = $state(0)
  #timer: ReturnType<typeof setTimeout> | undefined
  readonly #call: CallModel

  constructor(call: CallModel) {
    this.#call = call
  }

  /** Messages of others since the chat was last open. */
  get unread(): number {
    return this.panel === 'chat' ? 0 : this.#call.messages.slice(this.#read).filter((message) => !message.mine).length
  }

  /** When the meeting is closed, once that is near and the person has not put the note away. */
  get lateFor(): string | null {
    const room = this.#call.room
    return room?.ending_soon && room.ends_at !== this.#toldEnd ? room.ends_at : null
  }

  putEndAway(): void {
    this.#toldEnd = this.#call.room?.ends_at ?? null
  }

  toggle(panel: Panel): void {
    this.markRead()
    this.panel = this.panel === panel ? null : panel
  }

  close(): void {
    this.markRead()
    this.panel = null
  }

  /** Whatever arrived while the chat was open counts as read. */
  private markRead(): void {
    if (this.panel === 'chat') this.#read = this.#call.messages.length
  }

  /** Ends the meeting for everybody, after a moment in which the press can be undone; at once when nobody else is here. */
  endForAll(): void {
    if (this.#call.peers.length === 0) {
      this.#call.end()
      return
    }
    this.ending = true
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.endNow(), UNDO_MS)
  }

  keepGoing(): void {
    this.ending = false
    clearTimeout(this.#timer)
  }

  /** Also called when the page is closed meanwhile: the press was meant. */
  endNow(): void {
    if (!this.ending) return
    this.keepGoing()
    this.#call.end()
  }

  isPinned(id: string, source: Source): boolean {
    return this.pinned?.id === id && this.pinned.source === source
  }

  togglePin(id: string, source: Source): void {
    this.pinned = this.isPinned(id, source) ? null : { id, source }
  }
}
