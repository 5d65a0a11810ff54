import { recallPushToTalk } from '../call/memory'
import type { CallModel, Pin } from '../call/model'
import type { Pen } from '../call/together/plane'

const UNDO_MS = 3000

export type Panel = 'chat' | 'people' | 'notes'
export type Source = Pin['source']

/** What one person has opened and chosen in the room. Nothing of it leaves the page. */
export class RoomView {
  panel = $state<Panel | null>(null)
  /** The whiteboard lies over the pictures. */
  board = $state(false)
  /** The shared screen that this person draws on, by the id of who shares it. */
  sketching = $state<string | null>(null)
  pen = $state<Pick<Pen, 'tool' | 'colour' | 'width'>>({ tool: 'pen', colour: 1, width: 1 })
  dialog = $state<'invite' | 'settings' | 'shortcuts' | 'access' | 'safety' | 'timer' | 'record' | 'breakouts' | null>(
    null,
  )
  /** `auto` is a grid that makes way for a shared screen. */
  layout = $state<'auto' | 'grid' | 'speaker'>('auto')
  /** What this person keeps large, in the order of pinning. */
  pins = $state.raw<readonly Pin[]>([])
  /** Hold the space bar to be heard while muted; stays in this browser. */
  pushToTalk = $state(recallPushToTalk())
  /** This browser may make captions of what its owner says, when somebody reads them. */
  captioned = $state(true)
  /** Single keys as shortcuts can be switched off (WCAG 2.1.4): who dictates text needs that. */
  keys = $state(true)
  /** Whether one picture is in front now; the stage decides and says so. */
  focused = $state(false)
  /** More than one other person: only then does it need saying who speaks. */
  several = $state(false)
  /** Whether the pictures can be seen: not in a hidden tab, nor under a panel that covers them. Room says so. */
  seen = $state(true)
  /** The picture in the small window, and its height in device pixels: wanted whether the page can be seen or not. */
  small = $state.raw<{ key: string; height: number } | null>(null)
  /** Who was heard when somebody last asked who speaks; for people who do not see the frames around pictures. */
  speakers = $state.raw<readonly string[] | null>(null)
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

  /** One's own shared screen stands among the pictures, for the sake of what is drawn on it. */
  get ownScreen(): boolean {
    const { me, together } = this.#call
    return me !== null && (this.sketching === me.id || (together?.sketches.on(me.id).length ?? 0) > 0)
  }

  tellWhoSpeaks(): void {
    this.speakers = this.#call.peers.filter((peer) => peer.speaking).map((peer) => peer.participant.name)
  }

  putEndAway(): void {
    this.#toldEnd = this.#call.room?.ends_at ?? null
  }

  toggle(panel: Panel): void {
    this.markRead()
    this.panel = this.panel === panel ? null : panel
  }

  /** Begins to draw on the screen of somebody, or ends it. */
  toggleSketch(screen: string): void {
    this.sketching = this.sketching === screen ? null : screen
    // While the server is away: the next press tries again.
    this.#call.gather().catch(() => (this.sketching = null))
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
    if (this.#call.peers.length + this.#call.elsewhere.length === 0) {
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
    return this.pins.some((pin) => pin.id === id && pin.source === source)
  }

  togglePin(id: string, source: Source): void {
    const others = this.pins.filter((pin) => pin.id !== id || pin.source !== source)
    this.pins = this.isPinned(id, source) ? others : [...others, { id, source }]
  }
}
