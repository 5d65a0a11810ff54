/**
 * Every shape that crosses the wire, under the name that it has in Python. Generated (`make types`): nothing is written
 * twice.
 */
import type { components } from './schema.gen'

type Schemas = components['schemas']

/** What the server sends is whole: members that may be left out on the way there are filled in on the way back. */
type Whole<T> = T extends object ? { [K in keyof T]-?: Whole<T[K]> } : T

export type AdminSessionView = Schemas['AdminSessionView']
export type AdminView = Schemas['AdminView']
export type AdminLegalView = Whole<Schemas['AdminLegalView']>
export type AdminVersionLine = Schemas['AdminVersionLine']
export type AdministratorLine = Schemas['AdministratorLine']
export type AdminRightsPage = Whole<Schemas['AdminRightsPage']>
export type AdminRightsView = Whole<Schemas['AdminRightsView']>
export type Alive = Schemas['Alive']
export type Answer = NonNullable<Schemas['Rsvp']['answer']>
export type AuditLine = Schemas['AuditLine']
export type Breakouts = NonNullable<Whole<Schemas['RoomMeeting']>['breakouts']>
export type Candidate = Schemas['Candidate']
export type ClientMessage = Schemas['ClientMessage']
export type Created = Schemas['Created']
export type DeletionView = Schemas['DeletionView']
export type DeletionWish = Schemas['DeletionWish']
export type Description = Schemas['Description']
export type Devices = Schemas['Devices']
export type EmailChanged = Schemas['EmailChanged']
export type EngineFailed = Schemas['EngineFailed']
export type FeedView = Schemas['FeedView']
export type GuestRecord = Schemas['GuestRecord']
export type Ice = Schemas['Ice']
export type IceServer = Schemas['IceServer']
export type InviteeView = Schemas['InviteeView']
export type Join = Schemas['Join']
export type LegalDifference = Schemas['Difference']
export type LegalDraft = Schemas['DraftView']
export type LegalNotice = Schemas['Notice']
export type LegalView = Schemas['LegalView']
export type Me = Whole<Schemas['Me']>
export type Media = Schemas['Media']
export type MeetingChange = Schemas['MeetingChange']
export type MeetingItem = Schemas['MeetingItem']
export type MeetingPage = Schemas['MeetingPage']
export type MeetingView = Schemas['MeetingView']
export type MyRights = Whole<Schemas['MyRights']>
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
export type Place = NonNullable<Whole<Schemas['RoomMeeting']>['place']>
export type PeerSignal = Schemas['PeerSignal']
export type PushKey = Schemas['PushKey']
export type ProfileChange = Schemas['ProfileChange']
export type RecoveryCodes = Schemas['RecoveryCodes']
export type Recurrence = Schemas['Recurrence']
export type Refused = Schemas['Refused']
export type Registration = Schemas['Registration']
export type RegionView = Whole<Schemas['RegionView']>
export type RightsKind = Schemas['RightsView']['kind']
export type RightsView = Whole<Schemas['RightsView']>
export type RoomMeeting = Whole<Schemas['RoomMeeting']>
export type RsvpView = Schemas['RsvpView']
export type SecondFactorSetup = Schemas['SecondFactorSetup']
export type ServerMessage = Whole<Schemas['ServerMessage']>
export type SessionView = Schemas['SessionView']
export type SubscribedView = Schemas['SubscribedView']
export type SetMeeting = Schemas['SetMeeting']
export type Share = Schemas['Share']
export type SignedIn = Whole<Schemas['SignedIn']>
export type SignIn = Schemas['SignIn']
export type ServerRefusal = Schemas['ServerRefusal']
export type Snapshot = Whole<Schemas['Snapshot']>
export type WaysIn = Schemas['WaysIn']
export type Waiting = Schemas['Waiting']
export type AdminServerView = Schemas['AdminServerView']
export type CheckView = Schemas['CheckView']
export type HourView = Schemas['HourView']
export type ServerHistory = Schemas['ServerHistory']
export type DeletionRequestView = Schemas['DeletionRequestView']
export type MailLine = Schemas['MailLine']
export type MeetingLine = Schemas['MeetingLine']
export type MeetingRecord = Schemas['MeetingRecord']
export type OverviewView = Schemas['OverviewView']
export type UserLine = Schemas['UserLine']
export type UserView = Schemas['UserView']
