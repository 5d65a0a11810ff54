/**
 * The way to a Jitsi page and back: Jitsi's own transport (postMessage), held to one frame. No script of the server ever
 * runs in our origin; what it says is read as the words of a stranger.
 */
import { PostMessageTransportBackend, Transport } from '@jitsi/js-utils/transport'

/** What a page says; names are as `plainName` writes them. */
export interface PageEvent {
  name: string
  [member: string]: unknown
}

/** What is done with what the page says. */
export interface WireHandlers {
  /** The page speaks at all: its scripts run. `greets`: it looks for the other end, as it does after it has loaded. */
  alive(greets: boolean): void
  event(event: PageEvent): void
}

/** No message of a Jitsi page comes near this. */
const MOST_CHARACTERS = 200_000
const GREETING = '__ready__'
/** The picker of the browser opens only after a click, and a click in our page is passed on only when asked to. */
const NEEDS_CLICK: ReadonlySet<string> = new Set(['toggle-share-screen'])

/** See the head of this file. */
export class Wire {
  readonly #transport: Transport
  readonly #over = new AbortController()
  #delegate: string | null = null
  #spoken = false

  constructor(frame: HTMLIFrameElement, origin: string, scope: string, on: WireHandlers) {
    const send = (message: string) => {
      // Until the page is there, the browser would complain of each attempt; the transport tries again by itself.
      if (!this.#spoken) return
      // Never to whoever else may be in the frame: a command can carry the password of the room.
      const delegate = this.#delegate === null ? {} : { delegate: this.#delegate }
      frame.contentWindow?.postMessage(message, { targetOrigin: origin, ...delegate })
    }
    this.#transport = new Transport({
      backend: new PostMessageTransportBackend({
        postisOptions: {
          scope,
          allowedOrigin: origin,
          window: { postMessage: send } as unknown as Window,
          windowForEventListening: this.#listening(frame, origin, scope, on) as unknown as Window,
        },
      }),
    })
    this.#transport.on('event', (event: unknown) => {
      const { name } = (event ?? {}) as { name?: unknown }
      if (typeof name === 'string') on.event({ ...(event as object), name: plainName(name) })
      return true
    })
    // Whatever it asks: it gets no answer from us.
    this.#transport.on('request', () => true)
  }

  command(name: string, ...data: unknown[]): void {
    this.#delegate = NEEDS_CLICK.has(name) && navigator.userActivation.isActive ? 'display-capture' : null
    try {
      this.#transport.sendEvent({ name, data })
    } catch {
      // A browser that cannot pass a click on (Firefox): there the page asks for it.
      this.#delegate = null
      this.#transport.sendEvent({ name, data })
    }
    this.#delegate = null
  }

  /** What the page answers; undefined where it does not know the question. */
  async ask(name: string, more: object = {}): Promise<unknown> {
    return (this.#transport.sendRequest({ name, ...more }) as Promise<unknown>).catch(() => undefined)
  }

  close(): void {
    this.#over.abort()
    this.#transport.dispose()
  }

  /** The part of a window that the transport listens at. It checks the origin; two frames may have the same. */
  #listening(frame: HTMLIFrameElement, origin: string, scope: string, on: WireHandlers): object {
    return {
      addEventListener: (_: 'message', listener: (event: MessageEvent) => void) => {
        const hear = (event: MessageEvent<unknown>) => {
          if (event.source !== frame.contentWindow || event.origin !== origin) return
          const method = methodOf(event.data, scope)
          if (method === null) return
          this.#spoken = true
          on.alive(method === GREETING)
          listener(event)
        }
        addEventListener('message', hear, { signal: this.#over.signal })
      },
      removeEventListener: () => this.#over.abort(),
    }
  }
}

/** Names by their words: `videoConferenceJoined` and `video_conference_joined` are `video-conference-joined`. */
export function plainName(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/gu, '$1-$2')
    .replaceAll('_', '-')
    .toLowerCase()
}

/** How a message of this conversation is to be read; null for anything else, which the transport would keep for later. */
function methodOf(data: unknown, scope: string): 'message' | typeof GREETING | null {
  if (typeof data !== 'string' || data.length > MOST_CHARACTERS) return null
  try {
    const message = JSON.parse(data) as { postis?: unknown; scope?: unknown; method?: unknown } | null
    if (message?.postis !== true || message.scope !== scope) return null
    return message.method === 'message' || message.method === GREETING ? message.method : null
  } catch {
    return null
  }
}
