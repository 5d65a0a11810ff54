import { formatLocale } from '../agenda/locale'
import type { LobbyWord, MeetingView, RoomMeeting } from '../call/model'
import { m } from '../i18n/paraglide/messages.js'
import { nameOf } from '../agenda/names'

/** What a meeting is called where it has no title. */
export function meetingTitle(view: MeetingView | null, room: RoomMeeting | null = null): string {
  const title = room?.title ?? view?.title ?? ''
  if (title !== '') return title
  return view === null ? m.meeting() : m.meeting_of({ name: nameOf(view.host_name) })
}

const LOBBY_WORDS: Record<LobbyWord, () => string> = {
  soon: m.lobby_word_soon,
  minutes: m.lobby_word_minutes,
  name: m.lobby_word_name,
  later: m.lobby_word_later,
}

/** What a host says to who waits, in the language of this page. */
export function lobbyWord(word: LobbyWord): string {
  return LOBBY_WORDS[word]()
}

/** A day and the hour as people here write them. */
export function dayAndTime(moment: string): string {
  const style = { weekday: 'long', day: 'numeric', month: 'long', hour: 'numeric', minute: '2-digit' } as const
  return new Intl.DateTimeFormat(formatLocale(), style).format(new Date(moment))
}

/** An hour of the day as people here write it. */
export function clockTime(moment: string | number): string {
  return new Intl.DateTimeFormat(formatLocale(), { hour: 'numeric', minute: '2-digit' }).format(new Date(moment))
}
