/**
 * Speech made text on this device (Web Speech API, `processLocally`). Never by a service, to which a browser would send the
 * voice otherwise: a browser that cannot be asked whether it stays here is not asked at all.
 */

interface Results {
  resultIndex: number
  results: ArrayLike<{ isFinal: boolean; 0: { transcript: string } }>
}

interface Recognition {
  lang: string
  continuous: boolean
  interimResults: boolean
  processLocally: boolean
  onresult: ((results: Results) => void) | null
  onerror: ((event: { error: string }) => void) | null
  onend: (() => void) | null
  start(track: MediaStreamTrack): void
  abort(): void
}

interface RecognitionClass {
  new (): Recognition
  available?: (options: Languages) => Promise<'available' | 'downloadable' | 'downloading' | 'unavailable'>
  install?: (options: Languages) => Promise<boolean>
}

interface Languages {
  langs: string[]
  processLocally: true
}

/** Milliseconds between the end of one recognition, which comes with every longer silence, and the next. */
const AGAIN = 500
/** After these another try would end the same way. */
const HOPELESS = new Set(['not-allowed', 'service-not-allowed', 'language-not-supported'])

function here(): RecognitionClass | null {
  const { SpeechRecognition, webkitSpeechRecognition } = globalThis as Record<string, unknown>
  const found = (SpeechRecognition ?? webkitSpeechRecognition) as RecognitionClass | undefined
  return found?.available ? found : null
}

/** Whether this device makes text of speech in a language (BCP 47). The browser may first fetch what it needs for that. */
export async function canRecognise(language: string): Promise<boolean> {
  const options: Languages = { langs: [language], processLocally: true }
  const recognition = here()
  try {
    const state = await recognition?.available?.(options)
    if (state === 'downloadable' || state === 'downloading') return (await recognition?.install?.(options)) === true
    return state === 'available'
  } catch {
    return false
  }
}

/** Listens to a track until it is stopped; hears what is being said, and once more when a breath is done. */
export class Recogniser {
  readonly #track: MediaStreamTrack
  readonly #language: string
  readonly #heard: (words: string, done: boolean) => void
  #current: Recognition | null = null
  #again: ReturnType<typeof setTimeout> | undefined
  #over = false

  constructor(track: MediaStreamTrack, language: string, heard: (words: string, done: boolean) => void) {
    this.#track = track
    this.#language = language
    this.#heard = heard
    this.#begin()
  }

  stop(): void {
    this.#over = true
    clearTimeout(this.#again)
    this.#current?.abort()
  }

  #begin(): void {
    const Class = here()
    if (!Class || this.#over) return
    const recognition = new Class()
    this.#current = recognition
    recognition.lang = this.#language
    recognition.continuous = true
    recognition.interimResults = true
    recognition.processLocally = true
    recognition.onresult = (event) => this.#results(event)
    recognition.onerror = ({ error }) => (this.#over ||= HOPELESS.has(error))
    recognition.onend = () => {
      if (!this.#over) this.#again = setTimeout(() => this.#begin(), AGAIN)
    }
    try {
      recognition.start(this.#track)
    } catch {
      // The track has ended: whoever turns the microphone on again makes a new one of these.
      this.#over = true
    }
  }

  #results({ resultIndex, results }: Results): void {
    if (this.#over) return
    let going = ''
    for (const { isFinal, 0: best } of Array.from(results).slice(resultIndex)) {
      if (isFinal) this.#heard(best.transcript, true)
      else going += best.transcript
    }
    if (going !== '') this.#heard(going, false)
  }
}
