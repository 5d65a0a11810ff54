/** Questions that a host or co-host asks everybody. The asker's page counts the votes, and tells the others how they stand. */
import type { Participant } from '../../api/types'
import { newKey } from '../chat'
import type { Links, Part } from './links'
import type { Message, PollMessage } from './wire'

/** What is asked, and how. */
export interface Question {
  question: string
  choices: string[]
  /** More than one choice may be taken. */
  several: boolean
  /** Everybody sees who chose what. */
  named: boolean
}

/** A question in the chat, from here or from somebody else. */
export class Poll implements Question {
  open = $state(true)
  /** Votes for each choice. */
  counts = $state.raw<readonly number[]>([])
  /** Names for each choice; null where nobody is named. */
  voters = $state.raw<readonly (readonly string[])[] | null>(null)
  /** People who voted. */
  voted = $state(0)
  /** What one chose oneself; null before. */
  mine = $state.raw<readonly number[] | null>(null)
  session = ''
  readonly question: string
  readonly choices: string[]
  readonly several: boolean
  readonly named: boolean

  constructor(
    readonly key: string,
    readonly from: string,
    readonly id: string,
    { question, choices, several, named }: Question,
    /** Whether it was asked here: then the votes come here. */
    readonly own: boolean,
  ) {
    this.question = question
    this.choices = choices
    this.several = several
    this.named = named
    this.counts = choices.map(() => 0)
  }
}

interface Vote {
  name: string
  choices: readonly number[]
}

/** From one person. */
const MOST_POLLS = 20

/** See the head of this file. */
export class Polls implements Part {
  all = $state.raw<readonly Poll[]>([])
  readonly #links: Links
  /** By the key of one's own poll: one vote for each participant, whatever page they are on. */
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- nothing shows it
  readonly #votes = new Map<string, Map<string, Vote>>()

  constructor(links: Links) {
    this.#links = links
  }

  find(key: string): Poll | null {
    return this.all.find((poll) => poll.key === key) ?? null
  }

  /** Asks everybody. Only a host or co-host is heard. */
  ask(question: Question): void {
    const me = this.#links.me()
    if (!me || this.#of(me.id).length >= MOST_POLLS) return
    const id = newKey()
    const poll = new Poll(`${me.id}/${id}`, me.id, id, question, true)
    // eslint-disable-next-line svelte/prefer-svelte-reactivity -- nothing shows it
    this.#votes.set(poll.key, new Map())
    this.#count(poll)
    this.#show(poll, me.name)
    this.#links.send(stateOf(poll))
  }

  /** Takes choices; until the end one may choose anew. False when it did not reach the asker. */
  vote(poll: Poll, choices: readonly number[]): boolean {
    const me = this.#links.me()
    if (!me || !poll.open || !fits(poll, choices)) return false
    if (poll.own) this.#take(poll, me, choices)
    else if (this.#links.send({ type: 'vote', id: poll.id, choices: [...choices] }, poll.from) === 0) return false
    poll.mine = choices
    return true
  }

  end(poll: Poll): void {
    if (!poll.own || !poll.open) return
    poll.open = false
    this.#links.send(stateOf(poll))
  }

  heard(from: Participant, message: Message): void {
    if (message.type === 'poll') this.#told(from, message)
    if (message.type !== 'vote') return
    const me = this.#links.me()
    const poll = me ? this.find(`${me.id}/${message.id}`) : null
    if (poll?.own === true && poll.open && fits(poll, message.choices)) this.#take(poll, from, message.choices)
  }

  met(id: string): void {
    for (const poll of this.all) {
      if (poll.own) this.#links.send(stateOf(poll), id)
      // It may have been lost with the old connection.
      else if (poll.from === id && poll.open && poll.mine) this.vote(poll, poll.mine)
    }
  }

  follow(): void {
    for (const poll of this.all) {
      // Who counted is gone, or is a page that knows nothing of it: it stays as it was seen last.
      if (!poll.own && poll.open && this.#links.person(poll.from)?.session !== poll.session) poll.open = false
    }
  }

  close(): void {
    // Nothing goes on.
  }

  #told(from: Participant, message: PollMessage): void {
    const key = `${from.id}/${message.id}`
    const known = this.find(key)
    if (known?.own === true) return
    if (!known && (from.role === 'guest' || this.#of(from.id).length >= MOST_POLLS)) return
    const poll = known ?? new Poll(key, from.id, message.id, message, false)
    if (message.counts.length !== poll.choices.length) return
    if (!known) this.#show(poll, from.name)
    poll.session = from.session
    poll.counts = message.counts
    poll.voters = poll.named ? message.voters : null
    poll.voted = message.voted
    poll.open = message.open
  }

  #take(poll: Poll, { id, name }: Participant, choices: readonly number[]): void {
    this.#votes.get(poll.key)?.set(id, { name, choices })
    this.#count(poll)
    this.#links.send(stateOf(poll))
  }

  #count(poll: Poll): void {
    const votes = [...(this.#votes.get(poll.key)?.values() ?? [])]
    const of = (index: number) => votes.filter(({ choices }) => choices.includes(index))
    poll.counts = poll.choices.map((_, index) => of(index).length)
    poll.voters = poll.named ? poll.choices.map((_, index) => of(index).map(({ name }) => name)) : null
    poll.voted = votes.length
  }

  #show(poll: Poll, name: string): void {
    this.all = [...this.all, poll]
    const card = { kind: 'poll', key: poll.key } as const
    this.#links.say({ from: poll.from, name, text: poll.question, mine: poll.own, card })
  }

  #of(person: string): Poll[] {
    return this.all.filter(({ from }) => from === person)
  }
}

function stateOf({ id, question, choices, several, named, open, counts, voters, voted }: Poll): PollMessage {
  return { type: 'poll', id, question, choices, several, named, open, counts, voters, voted }
}

function fits({ several, choices }: Poll, chosen: readonly number[]): boolean {
  const within = chosen.every((choice) => choice >= 0 && choice < choices.length)
  return within && new Set(chosen).size === chosen.length && chosen.length >= 1 && (several || chosen.length === 1)
}
