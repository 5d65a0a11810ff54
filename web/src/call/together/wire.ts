/** What pages say to each other over the channel `together` (docs/protocol.md). Read strictly, since anybody may send anything. Pure. */

import type { Pin } from '../model'
import { isKey, readObject } from '../untrusted'
import { arePoints, COLOURS, isTool, MOST_LINES, MOST_POINTS, NUMBERS, WIDTHS, type Pen } from './plane'

/** A file that may be fetched from its sender while they are here. */
export interface OfferMessage {
  type: 'offer'
  id: string
  name: string
  size: number
  /** Offered to the receiver of this message alone. */
  alone: boolean
}

/** A question and how it stands, from who asks it. */
export interface PollMessage {
  type: 'poll'
  id: string
  question: string
  choices: string[]
  several: boolean
  named: boolean
  open: boolean
  /** For each choice. */
  counts: readonly number[]
  /** Names for each choice, where they are shown. */
  voters: readonly (readonly string[])[] | null
  voted: number
}

/** Of the document that all write in (Yjs). Bytes are base64 for addresses. */
export type DocMessage =
  /** There is something in it here. */
  | { type: 'doc_has'; id: string }
  /** What is missing here, where one has so much: a state vector. */
  | { type: 'doc_ask'; id: string; have: string }
  /** A change, or the answer to a question of this id: an update, in parts. */
  | { type: 'doc'; id: string; part: number; of: number; data: string }

/** A line over a shared screen grows: its points from number `at` on; 0 begins it. */
export interface DrawMessage extends Pen {
  type: 'draw'
  id: string
  /** Whose screen it is. */
  screen: string
  at: number
  points: readonly number[]
}

/** One of these. */
export type Message =
  | DocMessage
  | DrawMessage
  /** One's own line is taken away. */
  | { type: 'undraw'; id: string }
  /** On the screen of `id` one's own lines are taken away; or all of them, by who shares it or leads. */
  | { type: 'wipe'; id: string; all: boolean }
  /** Over a new connection: one's own lines on the screen of `id`, which follow; others of before are gone. */
  | { type: 'lines'; id: string; keys: readonly string[] }
  /** From who shares the screen of `id`, or leads: whether others may draw there; `again` over a new connection. */
  | { type: 'drawing'; id: string; on: boolean; again: boolean }
  | OfferMessage
  | { type: 'withdraw'; id: string }
  | PollMessage
  /** To who asks: what one chose, by its place among the choices. */
  | { type: 'vote'; id: string; choices: number[] }
  /** From who leads: pictures that are large for everybody. */
  | { type: 'spotlight'; id: string; pins: readonly Pin[] }
  /** From who leads: milliseconds that are left of a time, null for none. */
  | { type: 'time'; id: string; left: number | null; of: number }
  /** Who sends this records from now on, or does no more; the answer is that this page shows it. */
  | { type: 'recording'; id: string; on: boolean }
  | { type: 'noticed'; id: string }
  /** What somebody feels just now. */
  | { type: 'reaction'; id: string; emoji: ReactionEmoji }
  /** Who sends this reads captions from now on, or does no more. */
  | { type: 'captions'; id: string; on: boolean }
  /** What who sends this says just now; the same id again replaces it, until it is done. */
  | { type: 'caption'; id: string; text: string; done: boolean }

/** What one can answer with in a moment, and without a word. */
export const REACTIONS = ['👍', '❤️', '👏', '😂', '😮', '🎉'] as const

/** One of `REACTIONS`. */
export type ReactionEmoji = (typeof REACTIONS)[number]

const MOST_RAW = 16_000
const MOST_NAME = 300
const MOST_PEOPLE = 1000
const MOST_PINS = 20
/** Of one update: a little more than a whole document needs. */
const MOST_PARTS = 600
const BASE64 = /^[\w-]*$/u
/** How messages begin, as pages write them, that come in greater numbers: of the document, and of lines over a screen. */
const MANY = /^\{"v":1,"type":"(?:doc|draw")/u
/** A day. */
const MOST_TIME = 24 * 3600 * 1000
/** What a question may have, in UTF-16 units and choices. */
export const MOST_QUESTION = 300
/** UTF-16 units of one caption: some breaths of speech. */
export const MOST_CAPTION = 500
export const MOST_CHOICE = 120
export const MOST_CHOICES = 10

/** Whether this is one of many, with a budget of their own. */
export function isOneOfMany(raw: unknown): boolean {
  return typeof raw === 'string' && MANY.test(raw)
}

/** What was said, or null for what this page does not know, or what is not as it should be. */
export function read(raw: unknown): Message | null {
  const said = readObject(raw, MOST_RAW)
  if (said['v'] !== 1) return null
  const id = said['id']
  if (!isKey(id)) return null
  switch (said['type']) {
    case 'offer': {
      const { name, size, alone } = said
      return isText(name, MOST_NAME) && isCount(size, Number.MAX_SAFE_INTEGER)
        ? { type: 'offer', id, name, size, alone: alone === true }
        : null
    }
    case 'withdraw':
      return { type: 'withdraw', id }
    case 'poll':
      return readPoll(id, said)
    case 'vote':
      return isListOf(said['choices'], MOST_CHOICES, isVote) ? { type: 'vote', id, choices: said['choices'] } : null
    case 'draw':
      return readDraw(id, said)
    case 'undraw':
      return { type: 'undraw', id }
    case 'wipe':
      return { type: 'wipe', id, all: said['all'] === true }
    case 'drawing':
      return { type: 'drawing', id, on: said['on'] === true, again: said['again'] === true }
    case 'lines':
      return isListOf(said['keys'], MOST_LINES, isKey) ? { type: 'lines', id, keys: said['keys'] } : null
    case 'recording':
      return { type: 'recording', id, on: said['on'] === true }
    case 'captions':
      return { type: 'captions', id, on: said['on'] === true }
    case 'caption': {
      const { text, done } = said
      return isText(text, MOST_CAPTION) ? { type: 'caption', id, text, done: done === true } : null
    }
    case 'noticed':
      return { type: 'noticed', id }
    case 'reaction': {
      const emoji = REACTIONS.find((known) => known === said['emoji'])
      return emoji ? { type: 'reaction', id, emoji } : null
    }
    case 'doc_has':
      return { type: 'doc_has', id }
    case 'doc_ask':
      return isBase64(said['have']) ? { type: 'doc_ask', id, have: said['have'] } : null
    case 'doc': {
      const { part, of, data } = said
      return isCount(of, MOST_PARTS) && isCount(part, of - 1) && isBase64(data)
        ? { type: 'doc', id, part, of, data }
        : null
    }
    case 'spotlight':
      return isListOf(said['pins'], MOST_PINS, isPin) ? { type: 'spotlight', id, pins: said['pins'] } : null
    case 'time': {
      const { left, of } = said
      return (left === null || isCount(left, MOST_TIME)) && isCount(of, MOST_TIME)
        ? { type: 'time', id, left, of }
        : null
    }
    default:
      return null
  }
}

function readPoll(id: string, said: Record<string, unknown>): PollMessage | null {
  const { question, choices, several, named, open, counts, voters, voted } = said
  const fits =
    isText(question, MOST_QUESTION) &&
    isListOf(choices, MOST_CHOICES, (choice): choice is string => isText(choice, MOST_CHOICE)) &&
    choices.length > 1 &&
    isListOf(counts, MOST_CHOICES, isVote) &&
    isCount(voted, MOST_PEOPLE)
  if (!fits) return null
  const names = isListOf(voters, MOST_CHOICES, areNames) ? voters : null
  return {
    ...{ type: 'poll', id, question, choices, counts, voted, voters: names },
    ...{ several: several === true, named: named === true, open: open === true },
  }
}

function readDraw(id: string, said: Record<string, unknown>): DrawMessage | null {
  const { screen, tool, colour, width, pressed, at, points } = said
  if (!isKey(screen) || !isTool(tool) || !isCount(colour, COLOURS - 1) || !isCount(width, WIDTHS - 1)) return null
  if (!isCount(at, MOST_POINTS * NUMBERS) || !Array.isArray(points) || !arePoints(points)) return null
  if (points.length === 0 || points.length % NUMBERS !== 0) return null
  return { type: 'draw', id, screen, tool, colour, width, pressed: pressed === true, at, points }
}

function areNames(value: unknown): value is string[] {
  return isListOf(value, MOST_PEOPLE, (name): name is string => isText(name, MOST_NAME))
}

function isPin(value: unknown): value is Pin {
  const { id, source } = (value ?? {}) as Partial<Record<keyof Pin, unknown>>
  return isKey(id) && (source === 'camera' || source === 'screen')
}

function isVote(value: unknown): value is number {
  return isCount(value, MOST_PEOPLE)
}

function isBase64(value: unknown): value is string {
  return typeof value === 'string' && BASE64.test(value)
}

function isListOf<Item>(value: unknown, most: number, is: (item: unknown) => item is Item): value is Item[] {
  return Array.isArray(value) && value.length <= most && value.every(is)
}

function isText(value: unknown, most: number): value is string {
  return typeof value === 'string' && value.length <= most && value.trim() !== ''
}

function isCount(value: unknown, most: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= most
}
