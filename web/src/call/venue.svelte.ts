/**
 * Where the media of the call goes when it goes through a server of the pool: follows what the room says, puts the page of
 * the server into its frame, and reports how far it got. The server alone decides where to go (docs/protocol.md).
 */
import type { ClientMessage, Media, Place, ServerRefusal } from '../api/types'
import type { Conference, Reason } from './jitsi/conference'
import type { Local } from './local.svelte'
import type { Coming, Venue as VenueModel, VenueFrame } from './model'
import { mayEnter, me, type Room } from './room'

/** What the call does for it. */
export interface VenueHandlers {
  send(message: ClientMessage): boolean
  /** One is in, or no longer. */
  changed(): void
  chat(from: string, name: string, text: string): void
}

/** Milliseconds: before the same place is tried again, longer each time; and for an answer to a report. */
const FIRST_RETRY = 1_000
const LAST_RETRY = 15_000
const MOST_ANSWER = 10_000
/** What a page says again and again is told the server once in a while. */
const SAID_AGAIN = 20_000

/** See the head of this file. */
export class Venue implements VenueModel {
  place = $state.raw<Place | null>(null)
  frame = $state.raw<VenueFrame | null>(null)
  inside = $state(false)
  asking = $state(false)
  coming = $state<Coming>('first')
  refusal = $state.raw<ServerRefusal | null>(null)
  readonly #local: Local
  readonly #on: VenueHandlers
  #conference: Conference | null = null
  #epoch: number
  #key = ''
  #hand = false
  #name = ''
  /** What has been reported and not been answered yet. */
  #report: ClientMessage | null = null
  #trouble: { error: string; at: number } | null = null
  #attempts = 0
  #turn = 0
  #retry: ReturnType<typeof setTimeout> | undefined

  /** `from`: the epoch that one was in before, null for who has just come into the meeting. */
  constructor(local: Local, room: Room, coming: Coming, handlers: VenueHandlers) {
    this.#local = local
    this.#on = handlers
    this.#epoch = room.meeting.epoch
    this.coming = coming
    // The frame's page opens them itself, and phones have one camera for one page.
    local.lend({
      setMicrophone: (on) => this.#conference?.setMicrophone(on),
      setCamera: (on) => this.#conference?.setCamera(on),
      shareScreen: (on) => this.#conference?.shareScreen(on),
      choose: (kind, label) => this.#conference?.choose(INPUTS[kind], label),
    })
    this.follow(room)
  }

  /** Goes where the room is now. */
  follow(room: Room): void {
    const { place, epoch, refusal } = room.meeting
    const key = JSON.stringify([epoch, place?.server])
    this.#name = me(room)?.name ?? ''
    if (key !== this.#key) {
      this.#key = key
      if (this.#epoch !== epoch) this.coming = place && place.server === this.place?.server ? 'renewed' : 'elsewhere'
      this.#epoch = epoch
      this.#attempts = 0
      this.#report = null
      this.#leave()
      this.place = place
      this.refusal = refusal
    } else if (place && place.room !== '') {
      this.place = place
    }
    if (place && this.frame === null && this.#retry === undefined && this.#turn === 0 && mayEnter(room)) {
      void this.#enter(place)
    }
  }

  /** The socket is back: what was said meanwhile is lost. */
  reconnected(): void {
    if (this.inside) this.#say('joined')
    else if (this.#report) this.#on.send(this.#report)
  }

  /** The epoch that the meeting is in, in answer to a report. */
  confirmed(epoch: number): void {
    const reported = this.#report?.type
    this.#report = null
    // Of another epoch: the news is on its way, and the frame goes with it.
    if (epoch !== this.#epoch) this.#leave()
    else if (this.inside) this.#say('joined')
    else if (reported === 'engine_failed') this.#tryAgainIn(this.#pause())
  }

  raiseHand(raised: boolean): void {
    this.#hand = raised
    this.#conference?.raiseHand(raised)
  }

  sendChat(text: string): boolean {
    return this.#conference?.sendChat(text) ?? false
  }

  showTiles(tiles: boolean): void {
    this.#conference?.showTiles(tiles)
  }

  /** The policy of our own page does not let this server in, although the page was loaded anew for it. */
  forbidden(): void {
    this.#failed('no_ready', 'not allowed by the policy of our own page')
  }

  close(): void {
    this.#leave()
    this.place = null
    this.#key = ''
  }

  async #enter(place: Place): Promise<void> {
    const turn = (this.#turn = ++turns)
    // Needed by nobody whose media goes from browser to browser.
    const { Conference } = await import('./jitsi/conference')
    if (turn !== this.#turn) return
    const { microphone, camera } = this.#local
    const conference = new Conference(
      { ...place, name: this.#name, microphone, camera, hand: this.#hand },
      {
        ready: () => this.#say('ready'),
        asks: () => (this.asking = true),
        joined: () => this.#joined(),
        failed: (reason, error) => this.#failed(reason, error),
        troubled: (reason, error) => this.#troubled(reason, error),
        again: () => {
          this.#leave()
          this.#tryAgainIn(0)
        },
        sends: (change: Partial<Media>) => this.#local.switched(change),
        chat: (from, name, text) => this.#on.chat(from, name, text),
      },
    )
    this.#conference = conference
    this.frame = {
      server: place.server,
      address: conference.address,
      attach: (element) => {
        conference.attach(element)
        return () => conference.close()
      },
    }
  }

  #joined(): void {
    this.#attempts = 0
    this.#report = null
    this.inside = true
    this.asking = false
    this.refusal = null
    this.#say('joined')
    this.#on.changed()
  }

  #failed(reason: Reason, error: string | null): void {
    this.#leave()
    this.coming = 'again'
    this.#reportFailure(reason, error)
    // Without an answer (the socket may be down) the same place is as good as any.
    this.#tryAgainIn(MOST_ANSWER)
  }

  #troubled(reason: Reason, error: string): void {
    const before = this.#trouble
    if (before?.error === error && Date.now() - before.at < SAID_AGAIN) return
    this.#trouble = { error, at: Date.now() }
    this.#reportFailure(reason, error)
  }

  #reportFailure(reason: Reason, error: string | null): void {
    const server = this.place?.server
    const how = reason === 'login' || reason === 'lobby' || reason === 'password' ? reason : null
    if (!this.inside) this.refusal = server !== undefined && how ? { server, how } : null
    this.#report = { type: 'engine_failed', epoch: this.#epoch, reason, error }
    this.#on.send(this.#report)
  }

  #say(state: 'ready' | 'joined'): void {
    this.#on.send({ type: 'engine_status', epoch: this.#epoch, state })
  }

  #pause(): number {
    return Math.min(LAST_RETRY, FIRST_RETRY * 2 ** this.#attempts++)
  }

  #tryAgainIn(milliseconds: number): void {
    clearTimeout(this.#retry)
    // A frame that is still there gets over it by itself, or fails.
    if (this.frame) return
    this.#retry = setTimeout(() => {
      this.#retry = undefined
      // Whose turn it is not (any more) was not told the room; the news that it is comes by `follow`.
      if (this.place && this.place.room !== '' && this.frame === null) void this.#enter(this.place)
    }, milliseconds)
  }

  /** The frame goes before the page in it could load itself again. */
  #leave(): void {
    clearTimeout(this.#retry)
    this.#retry = undefined
    this.#turn = 0
    this.#conference?.close()
    this.#conference = null
    this.frame = null
    this.asking = false
    this.#local.switched({ screen: false })
    if (!this.inside) return
    this.inside = false
    this.#on.changed()
  }
}

const INPUTS = { microphone: 'audioinput', camera: 'videoinput', speaker: 'audiooutput' } as const
let turns = 0
