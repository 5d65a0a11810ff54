import type { Notice } from '../call/model'
import { m } from '../i18n/paraglide/messages.js'

/** Long enough to read a short sentence twice. */
const SHOWN_MS = 5000
const MOST = 3

const LOST = { microphone: m.notice_no_microphone, camera: m.notice_no_camera, speaker: m.notice_no_speaker }

/** One sentence that is shown for a while. */
export interface Toast {
  id: number
  text: string
}

/** The words for something that happened; null for what the room shows in another way. */
export function noticeText(notice: Notice): string | null {
  switch (notice.kind) {
    case 'joined':
      return m.notice_joined({ name: notice.name })
    case 'left':
      return m.notice_left({ name: notice.name })
    case 'hand_raised':
      return m.notice_hand({ name: notice.name })
    case 'sharing':
      return m.notice_sharing({ name: notice.name })
    case 'muted_by_host':
      return m.notice_muted()
    case 'camera_stopped':
      return m.notice_camera_stopped()
    case 'refused':
      return notice.text
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
    case 'waiting':
    case 'sound_blocked':
      return null
  }
}

/** The newest sentences, each for some seconds. */
export class Toasts {
  shown = $state.raw<Toast[]>([])
  #newest = -1
  readonly #timers: ReturnType<typeof setTimeout>[] = []

  /** Shows what is new in the list of everything that happened. */
  take(notices: readonly Notice[]): void {
    for (const notice of notices) {
      if (notice.id <= this.#newest) continue
      this.#newest = notice.id
      const text = noticeText(notice)
      if (text !== null) this.#show({ id: notice.id, text })
    }
  }

  clear(): void {
    for (const timer of this.#timers) clearTimeout(timer)
    this.#timers.length = 0
    this.shown = []
  }

  #show(toast: Toast): void {
    this.shown = [...this.shown, toast].slice(-MOST)
    const hide = () => (this.shown = this.shown.filter((other) => other.id !== toast.id))
    this.#timers.push(setTimeout(hide, SHOWN_MS))
  }
}
