/**
 * What people draw over a shared screen. Each page keeps what it was told and by whom: nobody draws in another's name, nor
 * takes away what is not theirs. Whoever comes later hears from each what they drew; all of it goes when the share ends.
 */
import type { Participant } from '../../api/types'
import { newKey } from '../chat'
import type { Links, Part } from './links'
import { MOST_LINES, MOST_POINTS, NUMBERS, onPlane, type Line, type Pen } from './plane'
import type { DrawMessage, Message } from './wire'

/** A line over a screen. */
export interface Sketch extends Line {
  /** What its drawer calls it; `key` is of this page, for two people may take the same. */
  id: string
  /** Who drew it, and on which page. */
  by: string
  session: string
  /** Whose screen it is on: a participant id. */
  screen: string
}

/** Somebody draws right now. x and y are on the plane. */
export interface Hand {
  id: string
  name: string
  screen: string
  x: number
  y: number
}

/** A place on the plane, with the pressure from 0 to 1. */
export interface Spot {
  x: number
  y: number
  pressure: number
}

/** Milliseconds in which points are sent together. */
const GATHER = 60
/** Milliseconds for which a name stands beside a line that does not grow. */
const NAMED = 2000
/** Of one person, in all their lines. */
const MOST_NUMBERS = 90_000
const MOST_IN_LINE = MOST_POINTS * NUMBERS
/** Numbers of one message: within what a message may have. */
const AT_ONCE = 250 * NUMBERS
/** Milliseconds in which a page that has just come still hears what was drawn before others were kept from it. */
const CATCH_UP = 5000

/** See the head of this file. */
export class Sketches implements Part {
  all = $state.raw<readonly Sketch[]>([])
  hands = $state.raw<readonly Hand[]>([])
  /** Screens for which it was said whether others than their owner may draw. */
  #said = $state.raw<Readonly<Record<string, boolean>>>({})
  readonly #links: Links
  /** Until when, by this page's clock, lines count on a screen that is closed to others already. */
  #catchUp: Readonly<Record<string, number>> = {}
  #hasDrawn = false
  /** The own line that grows, and how many of its numbers were sent. */
  #growing: string | null = null
  #sent = 0
  #sending: ReturnType<typeof setTimeout> | undefined
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- nothing shows it
  readonly #namedUntil = new Map<string, ReturnType<typeof setTimeout>>()

  constructor(links: Links) {
    this.#links = links
  }

  /** Lines on one screen, in the order of their making. */
  on(screen: string): readonly Sketch[] {
    return this.all.filter((sketch) => sketch.screen === screen)
  }

  /** One's own ones there. */
  own(screen: string): readonly Sketch[] {
    return this.on(screen).filter(({ by }) => by === this.#links.me()?.id)
  }

  /** Whether others than who shares it may draw there. */
  isOpen(screen: string): boolean {
    return this.#said[screen] ?? true
  }

  mayDraw(screen: string, who = this.#links.me()?.id): boolean {
    return this.#isShared(screen) && (who === screen || this.isOpen(screen))
  }

  // --- what one does oneself ---

  begin(screen: string, pen: Pen, at: Spot): void {
    this.end(true)
    const me = this.#links.me()
    if (!me || !this.mayDraw(screen)) return
    this.#makeRoom(me.id)
    this.#hasDrawn = true
    const id = newKey()
    const { tool, colour, width, pressed } = pen
    const line = { tool, colour, width, pressed, points: [], id, key: keyOf(me.id, id) }
    this.all = [...this.all, { ...line, by: me.id, session: me.session, screen }]
    this.#growing = line.key
    this.#sent = 0
    this.go([at])
  }

  go(places: readonly Spot[]): void {
    const line = this.#line()
    if (!line) return
    const numbers = places.flatMap(({ x, y, pressure }) => {
      const at = onPlane(x, y)
      return [at.x, at.y, Math.round(pressure * 100)]
    })
    if (line.points.length + numbers.length > MOST_IN_LINE) {
      // A line that became too long goes on as another one.
      const [x = 0, y = 0, pressure = 0] = line.points.slice(-NUMBERS)
      this.begin(line.screen, line, { x, y, pressure: pressure / 100 })
      this.go(places.slice(-MOST_POINTS / 2))
      return
    }
    this.#put({ ...line, points: [...line.points, ...numbers] })
    this.#sending ??= setTimeout(() => this.#flush(), GATHER)
  }

  /** The line is finished; or was none, where it turned out to be the first of two fingers. */
  end(meant: boolean): void {
    this.#flush()
    const line = this.#line()
    this.#growing = null
    if (line && !meant) this.#takeBack(line)
  }

  undo(screen: string): void {
    const last = this.own(screen).at(-1)
    if (last) this.#takeBack(last)
  }

  /** Takes away one's own lines; or those of everybody, which only who shares the screen or leads can do. */
  clear(screen: string, all: boolean): void {
    const me = this.#links.me()
    if (!me) return
    this.#flush()
    this.#keep((line) => line.screen !== screen || !(all || line.by === me.id))
    this.#links.send({ type: 'wipe', id: screen, all })
  }

  /** Lets others draw on a screen, or no longer. */
  open(screen: string, on: boolean): void {
    this.#said = { ...this.#said, [screen]: on }
    this.#links.send({ type: 'drawing', id: screen, on, again: false })
  }

  // --- what others do ---

  heard(from: Participant, message: Message): void {
    switch (message.type) {
      case 'draw':
        this.#drew(from, message)
        break
      case 'undraw':
        this.#keep(({ key }) => key !== keyOf(from.id, message.id))
        break
      case 'lines':
        this.#keep(({ by, screen, id }) => by !== from.id || screen !== message.id || message.keys.includes(id))
        break
      case 'wipe':
        this.#wiped(message.id, from, message.all && this.#rules(from, message.id))
        break
      case 'drawing':
        if (!this.#isShared(message.id) || !this.#rules(from, message.id)) break
        this.#said = { ...this.#said, [message.id]: message.on }
        this.#catchUp = { ...this.#catchUp, [message.id]: message.again ? Date.now() + CATCH_UP : 0 }
        if (!this.mayDraw(message.id) && this.#line()?.screen === message.id) this.end(true)
        break
      default:
    }
  }

  met(id: string): void {
    const me = this.#links.me()
    if (!me) return
    if (this.#hasDrawn) {
      // Of a connection before they may still have what was taken away meanwhile.
      for (const screen of [me.id, ...this.#links.others()].filter((one) => this.#isShared(one))) {
        const own = this.own(screen)
        this.#links.send({ type: 'lines', id: screen, keys: own.map((line) => line.id) }, id)
        for (const line of own) this.#send(line, 0, id)
      }
    }
    const on = this.#said[me.id]
    if (on !== undefined) this.#links.send({ type: 'drawing', id: me.id, on, again: true }, id)
  }

  follow(): void {
    this.#keep(({ screen, by, session }) => this.#isShared(screen) && this.#person(by)?.session === session)
    const said = Object.entries(this.#said)
    if (!said.every(([screen]) => this.#isShared(screen))) {
      this.#said = Object.fromEntries(said.filter(([screen]) => this.#isShared(screen)))
    }
  }

  close(): void {
    clearTimeout(this.#sending)
    for (const timer of this.#namedUntil.values()) clearTimeout(timer)
    this.#growing = null
    this.all = []
    this.hands = []
  }

  #drew(from: Participant, { id, screen, at, points, tool, colour, width, pressed }: DrawMessage): void {
    const key = keyOf(from.id, id)
    const known = this.all.find((line) => line.key === key)
    // What does not follow belongs to a line that was taken away meanwhile.
    if (at !== 0 && at !== known?.points.length) return
    const late = this.#isShared(screen) && Date.now() < (this.#catchUp[screen] ?? 0)
    if ((known && known.screen !== screen) || !(this.mayDraw(screen, from.id) || late)) return
    const theirs = this.all.filter(({ by }) => by === from.id)
    const numbers = theirs.reduce((sum, line) => sum + line.points.length, points.length)
    if (at + points.length > MOST_IN_LINE || numbers > MOST_NUMBERS) return
    if (!known && theirs.length >= MOST_LINES) return
    const before = at === 0 ? [] : (known?.points ?? [])
    const line = { id, key, by: from.id, session: from.session, screen, tool, colour, width, pressed }
    this.#put({ ...line, points: [...before, ...points] })
    this.#named(from, screen, points)
  }

  #wiped(screen: string, from: Participant, all: boolean): void {
    const own = this.own(screen).length > 0
    this.#keep((line) => line.screen !== screen || !(all || line.by === from.id))
    // A line that was on its way to the others is gone there, too.
    if (all && own) this.#links.send({ type: 'wipe', id: screen, all: false })
  }

  /** Whether somebody decides for others on a screen. */
  #rules(who: Participant, screen: string): boolean {
    return who.id === screen || who.role !== 'guest'
  }

  #isShared(screen: string): boolean {
    return this.#person(screen)?.media.screen ?? false
  }

  #person(id: string): Participant | null {
    const me = this.#links.me()
    return me?.id === id ? me : this.#links.person(id)
  }

  #named({ id, name }: Participant, screen: string, points: readonly number[]): void {
    const [x = 0, y = 0] = points.slice(-NUMBERS)
    const others = this.hands.filter((hand) => hand.id !== id)
    this.hands = [...others, { id, name, screen, x, y }]
    clearTimeout(this.#namedUntil.get(id))
    const over = () => {
      this.hands = this.hands.filter((hand) => hand.id !== id)
      this.#namedUntil.delete(id)
    }
    this.#namedUntil.set(id, setTimeout(over, NAMED))
  }

  // --- keeping and sending ---

  #line(): Sketch | undefined {
    return this.#growing === null ? undefined : this.all.find(({ key }) => key === this.#growing)
  }

  #put(line: Sketch): void {
    const at = this.all.findIndex(({ key }) => key === line.key)
    this.all = at < 0 ? [...this.all, line] : this.all.with(at, line)
  }

  #keep(stays: (line: Sketch) => boolean): void {
    if (!this.all.every(stays)) this.all = this.all.filter(stays)
  }

  #takeBack(line: Sketch): void {
    this.#keep(({ key }) => key !== line.key)
    this.#links.send({ type: 'undraw', id: line.id })
  }

  /** The oldest ones make way, here and elsewhere: nobody keeps more of one person. */
  #makeRoom(me: string): void {
    const own = this.all.filter(({ by }) => by === me)
    let numbers = own.reduce((sum, line) => sum + line.points.length, 0)
    let lines = own.length
    for (const line of own) {
      if (lines < MOST_LINES && numbers + MOST_IN_LINE <= MOST_NUMBERS) break
      lines -= 1
      numbers -= line.points.length
      this.#takeBack(line)
    }
  }

  #flush(): void {
    clearTimeout(this.#sending)
    this.#sending = undefined
    const line = this.#line()
    if (!line) return
    this.#send(line, this.#sent, null)
    this.#sent = line.points.length
  }

  #send(line: Sketch, from: number, to: string | null): void {
    const { id, screen, tool, colour, width, pressed, points } = line
    for (let at = from; at < points.length; at += AT_ONCE) {
      const part = points.slice(at, at + AT_ONCE)
      this.#links.send({ type: 'draw', id, screen, tool, colour, width, pressed, at, points: part }, to)
    }
  }
}

function keyOf(by: string, id: string): string {
  return `${by}/${id}`
}
