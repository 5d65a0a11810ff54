import { endSession, userToken } from '../api/session'
import type { Join, Media } from '../api/types'
import { randomHex } from './bytes'
import { forgetMeeting, recallMeeting, rememberMeeting } from './memory'

/** By what this browser comes into a meeting: as who it was there before, or as who is signed in. */
export function tokenFor(code: string): string | null {
  return recallMeeting(code) ?? userToken()
}

/** What this page says about itself whenever it asks to be let in. */
export class Visit {
  /** Names this page to the server and to the others (docs/protocol.md). */
  readonly session = randomHex(16)
  name: string | null = null
  password: string | null = null
  hand = false
  /** What the server was told last. */
  media: Media = { microphone: false, camera: false, screen: false }
  // Signing out, in this tab or another, does not take anybody out of a meeting.
  #token: string | null = null

  constructor(
    readonly code = '',
    readonly hostKey: string | null = null,
  ) {}

  /** What the server gave this page last; it outlives the meeting. */
  get token(): string | null {
    return this.#token
  }

  join(media: Media): Join {
    this.media = media
    return {
      type: 'join',
      session: this.session,
      name: this.name,
      token: this.#token ?? tokenFor(this.code),
      host_key: this.hostKey,
      password: this.password,
      media,
      hand: this.hand,
    }
  }

  /** The server has let this page in, or into the lobby. */
  keepToken(token: string, how: { host?: boolean } = {}): void {
    this.#token = token
    rememberMeeting(this.code, token, how)
  }

  /** The token was refused: the next try does without it. False when there was none. */
  dropToken(): boolean {
    if (this.#token === null && tokenFor(this.code) === null) return false
    if (this.#token === null && recallMeeting(this.code) === null) endSession({ lapsed: true })
    this.#token = null
    forgetMeeting(this.code)
    return true
  }

  /** Whether the server was told something else. */
  differs({ microphone, camera, screen }: Media): boolean {
    return microphone !== this.media.microphone || camera !== this.media.camera || screen !== this.media.screen
  }
}
