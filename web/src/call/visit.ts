import type { Join, Media } from '../api/types'
import { recallMeeting } from './memory'

/** What this page says about itself whenever it asks to be let in. */
export class Visit {
  /** Names this page to the server and to the others (docs/protocol.md). */
  readonly session = newSession()
  name: string | null = null
  password: string | null = null
  hand = false
  /** What the server was told last. */
  media: Media = { microphone: false, camera: false, screen: false }

  constructor(
    readonly code = '',
    readonly hostKey: string | null = null,
  ) {}

  join(media: Media): Join {
    this.media = media
    return {
      type: 'join',
      session: this.session,
      name: this.name,
      token: recallMeeting(this.code),
      host_key: this.hostKey,
      password: this.password,
      media,
      hand: this.hand,
    }
  }

  /** Whether the server was told something else. */
  differs({ microphone, camera, screen }: Media): boolean {
    return microphone !== this.media.microphone || camera !== this.media.camera || screen !== this.media.screen
  }
}

/** 128 random bits. `crypto.randomUUID` is missing where the page was not loaded securely. */
function newSession(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
