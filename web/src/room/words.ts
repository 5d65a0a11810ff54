import type { MeetingView, RoomMeeting } from '../call/model'
import { m } from '../i18n/paraglide/messages.js'

/** What a meeting is called where it has no title. */
export function meetingTitle(view: MeetingView | null, room: RoomMeeting | null = null): string {
  const title = room?.title ?? view?.title ?? ''
  if (title !== '') return title
  return view === null ? m.meeting() : m.meeting_of({ name: view.host_name })
}
