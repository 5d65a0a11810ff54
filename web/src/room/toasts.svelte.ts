import type { BreakoutWord, Notice } from '../call/model'
import { m } from '../i18n/paraglide/messages.js'
import { refusalText } from '../ui/refusal'

/** Long enough to read a short sentence twice. */
const SHOWN_MS = 5000
/** What a host says to all rooms is read in the middle of a talk. */
const WORD_SHOWN_MS = 15_000
const MOST = 3
const MOST_CHARACTERS = 90

const TURNED_AWAY = {
  limit: m.notice_turned_away_limit,
  no_server: m.notice_turned_away_no_server,
  breakouts: m.notice_turned_away_breakouts,
}
const LOST = { microphone: m.notice_no_microphone, camera: m.notice_no_camera, speaker: m.notice_no_speaker }

const WORDS: Record<BreakoutWord, () => string> = {
  halfway: m.breakouts_word_halfway,
  notes: m.breakouts_word_notes,
  finish: m.breakouts_word_finish,
  coming: m.breakouts_word_coming,
}

/** What a host says to all breakout rooms, in the language of this page. */
export function breakoutWord(word: BreakoutWord): string {
  return WORDS[word]()
}

/** One sentence that is shown for a while. */
export interface Toast {
  id: number
  text: string
}

function shortened(text: string): string {
  const line = text.replace(/\s+/gu, ' ')
  return line.length > MOST_CHARACTERS ? `${line.slice(0, MOST_CHARACTERS)}…` : line
}

/** The words for something that happened; null for what the room shows in another way. */
export function noticeText(notice: Notice): string | null {
  switch (notice.kind) {
    case 'joined':
      return m.notice_joined({ name: notice.name })
    case 'left':
      return m.notice_left({ name: notice.name })
    case 'came':
      return m.notice_came({ name: notice.name })
    case 'went':
      return m.notice_went({ name: notice.name })
    case 'in_room':
      return m.notice_in_room({ name: notice.name })
    case 'in_main_room':
      return m.notice_in_main_room()
    case 'breakouts_open':
      return m.notice_breakouts_open()
    case 'breakouts_over':
      return m.notice_breakouts_over()
    case 'word_to_breakouts':
      return m.notice_word_to_breakouts({ text: breakoutWord(notice.word) })
    case 'hand_raised':
      return m.notice_hand({ name: notice.name })
    case 'sharing':
      return m.notice_sharing({ name: notice.name })
    case 'recording':
      return m.notice_recording({ name: notice.name })
    case 'recording_over':
      return m.notice_recording_over({ name: notice.name })
    case 'muted_by_host':
      return m.notice_muted()
    case 'camera_stopped':
      return m.notice_camera_stopped()
    case 'refused':
      return notice.text
    case 'turned_away':
      return TURNED_AWAY[notice.why]({ name: notice.name })
    case 'server_refused':
      return refusalText(notice.refusal)
    case 'made_cohost':
      return m.notice_made_cohost()
    case 'cohost_no_more':
      return m.notice_cohost_no_more()
    case 'locked':
      return m.notice_locked()
    case 'unlocked':
      return m.notice_unlocked()
    case 'back_online':
      return m.notice_back_online()
    case 'made_host':
      return m.notice_made_host()
    case 'device_lost':
      return notice.name === null ? LOST[notice.device]() : m.notice_device_changed({ name: notice.name })
    case 'effect_dropped':
      return notice.device === 'camera' ? m.notice_background_off() : m.notice_noise_off()
    case 'said': {
      const text = shortened(notice.text)
      return notice.alone
        ? m.notice_said_alone({ name: notice.name, text })
        : m.notice_said({ name: notice.name, text })
    }
    case 'waiting':
    case 'sound_blocked':
      return null
  }
}

/** The newest sentences, each for some seconds. */
export class Toasts {
  shown = $state.raw<Toast[]>([])
  #newest = -1
  #said = 0
  readonly #timers: ReturnType<typeof setTimeout>[] = []

  /** Shows what is new in the list of everything that happened; who has the chat open reads what is said there. */
  take(notices: readonly Notice[], chatOpen = false): void {
    for (const notice of notices) {
      if (notice.id <= this.#newest) continue
      this.#newest = notice.id
      if (chatOpen && notice.kind === 'said') continue
      const text = noticeText(notice)
      if (text !== null)
        this.#show({ id: notice.id, text }, notice.kind === 'word_to_breakouts' ? WORD_SHOWN_MS : SHOWN_MS)
    }
  }

  /** Shows a sentence that somebody asked for. */
  say(text: string): void {
    this.#show({ id: (this.#said -= 1), text }, SHOWN_MS)
  }

  clear(): void {
    for (const timer of this.#timers) clearTimeout(timer)
    this.#timers.length = 0
    this.shown = []
  }

  #show(toast: Toast, milliseconds: number): void {
    this.shown = [...this.shown, toast].slice(-MOST)
    const hide = () => (this.shown = this.shown.filter((other) => other.id !== toast.id))
    this.#timers.push(setTimeout(hide, milliseconds))
  }
}
