/** What people in a call do together beside talking, straight from browser to browser. Fetched when somebody uses it. */
import { Board } from './board.svelte'
import { Budget } from './budget'
import { Captions } from './captions.svelte'
import { Files } from './files.svelte'
import { Lead } from './lead.svelte'
import type { Links, Part } from './links'
import { Polls } from './polls.svelte'
import { Reactions } from './reactions.svelte'
import { Recordings } from './recordings.svelte'
import { Sketches } from './sketches.svelte'
import { isOneOfMany, read } from './wire'

/** See the head of this file. */
export class Together {
  readonly files: Files
  readonly polls: Polls
  readonly lead: Lead
  readonly recordings: Recordings
  readonly board: Board
  readonly reactions: Reactions
  readonly sketches: Sketches
  readonly captions: Captions
  readonly #links: Links
  readonly #parts: Part[]
  readonly #budget = new Budget(100, 20)
  /** A whole document comes at once, and strokes follow each other closely. */
  readonly #many = new Budget(700, 30)

  constructor(links: Links) {
    this.#links = links
    this.files = new Files(links)
    this.polls = new Polls(links)
    this.lead = new Lead(links)
    this.recordings = new Recordings(links)
    this.board = new Board(links)
    this.reactions = new Reactions(links)
    this.sketches = new Sketches(links)
    this.captions = new Captions(links)
    this.#parts = [
      ...[this.files, this.polls, this.lead, this.recordings, this.board],
      ...[this.reactions, this.sketches, this.captions],
    ]
  }

  heard(from: string, raw: unknown): void {
    const person = this.#links.person(from)
    const budget = isOneOfMany(raw) ? this.#many : this.#budget
    if (!person || !budget.take(from)) return
    const message = read(raw)
    if (message) for (const part of this.#parts) part.heard(person, message)
  }

  met(id: string): void {
    for (const part of this.#parts) part.met(id)
  }

  follow(): void {
    for (const part of this.#parts) part.follow()
  }

  close(): void {
    for (const part of this.#parts) part.close()
  }
}
