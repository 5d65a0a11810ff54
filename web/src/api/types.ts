/**
 * Every shape that crosses the wire, under the name that it has in Python. Generated (`make types`): nothing is written
 * twice.
 */
import type { components } from './schema.gen'

type Schemas = components['schemas']

/** What the server sends is whole: members that may be left out on the way there are filled in on the way back. */
type Whole<T> = T extends object ? { [K in keyof T]-?: Whole<T[K]> } : T

export type Alive = Schemas['Alive']
export type Answer = NonNullable<Schemas['Rsvp']['answer']>
export type Candidate = Schemas['Candidate']
export type ClientMessage = Schemas['ClientMessage']
export type Created = Schemas['Created']
export type DeletionView = Schemas['DeletionView']
export type DeletionWish = Schemas['DeletionWish']
export type Description = Schemas['Description']
export type Devices = Schemas['Devices']
export type EmailChanged = Schemas['EmailChanged']
export type FeedView = Schemas['FeedView']
export type GuestRecord = Schemas['GuestRecord']
export type Ice = Schemas['Ice']
export type IceServer = Schemas['IceServer']
export type InviteeView = Schemas['InviteeView']
export type Join = Schemas['Join']
export type Me = Whole<Schemas['Me']>
export type Media = Schemas['Media']
export type MeetingChange = Schemas['MeetingChange']
export type MeetingItem = Schemas['MeetingItem']
export type MeetingPage = Schemas['MeetingPage']
export type MeetingView = Schemas['MeetingView']
export type NewMeeting = Schemas['NewMeeting']
export type NewPasskey = Schemas['NewPasskey']
export type Notifications = Schemas['Notifications']
export type OccurrenceChange = Schemas['OccurrenceChange']
export type OccurrencePage = Schemas['OccurrencePage']
export type OccurrenceView = Schemas['OccurrenceView']
export type Participant = Whole<Schemas['Participant']>
export type ParticipantView = Schemas['ParticipantView']
export type PasskeyOptions = Schemas['PasskeyOptions']
export type PasskeyView = Schemas['PasskeyView']
export type PasskeySignIn = Schemas['PasskeySignIn']
export type PeerSignal = Schemas['PeerSignal']
export type ProfileChange = Schemas['ProfileChange']
export type RecoveryCodes = Schemas['RecoveryCodes']
export type Recurrence = Schemas['Recurrence']
export type Refused = Schemas['Refused']
export type Registration = Schemas['Registration']
export type RoomMeeting = Schemas['RoomMeeting']
export type RsvpView = Schemas['RsvpView']
export type SecondFactorSetup = Schemas['SecondFactorSetup']
export type ServerMessage = Whole<Schemas['ServerMessage']>
export type SessionView = Schemas['SessionView']
export type SetMeeting = Schemas['SetMeeting']
export type Share = Schemas['Share']
export type SignedIn = Whole<Schemas['SignedIn']>
export type SignIn = Schemas['SignIn']
export type Snapshot = Whole<Schemas['Snapshot']>
export type WaysIn = Schemas['WaysIn']
export type Waiting = Schemas['Waiting']
