/** What a Jitsi page is told when it is loaded: everything stands in the fragment, which no server log sees. Pure. */

/** A room on a server, and as whom one goes in. */
export interface Entry {
  /** Domain, with a port where it is not 443. */
  server: string
  room: string
  name: string
  microphone: boolean
  camera: boolean
}

/** What the page may do besides showing itself; our own policy has to delegate it to its origin, too. */
export const ALLOWED = [
  'autoplay',
  'camera',
  'clipboard-write',
  'compute-pressure',
  'display-capture',
  'fullscreen',
  'microphone',
  'screen-wake-lock',
  'speaker-selection',
].join('; ')

/**
 * Scripts and its own storage, but no way to take our page elsewhere: a server of the pool is a stranger, and only the
 * frame is theirs.
 */
export const CONFINED = 'allow-downloads allow-forms allow-modals allow-popups allow-same-origin allow-scripts'

/** Nobody is asked twice, nobody else is told, and what our own bar does is not there a second time. */
const ALWAYS = {
  // Lobby, name and devices were before: with us.
  'prejoinConfig.enabled': false,
  prejoinPageEnabled: false, // the name of older servers
  'lobby.autoKnock': true,
  requireDisplayName: false,
  readOnlyName: true,
  disableProfile: true,
  // Nothing about people goes to third parties, and nothing is kept in this browser.
  disableThirdPartyRequests: true,
  'analytics.disabled': true,
  'gravatar.disabled': true,
  'giphy.enabled': false,
  'whiteboard.enabled': false,
  'fileSharing.enabled': false,
  doNotStoreRoom: true,
  // Phones stay in this page, too.
  disableDeepLinking: true,
  'deeplinking.disabled': true,
  // The room is ours: who comes in, what it is called, who has a say.
  disableInviteFunctions: true,
  hideConferenceSubject: true,
  hideConferenceTimer: true,
  disableRemoteMute: true,
  'remoteVideoMenu.disableKick': true,
  'remoteVideoMenu.disableGrantModerator': true,
  'securityUi.hideLobbyButton': true,
  'securityUi.disableLobbyPassword': true,
  toolbarButtons: [],
  notifications: [],
  disableShortcuts: true,
  enableClosePage: false,
}

/** Tells apart what several frames say (`jitsi_meet_external_api_id`). */
export function scopeOf(id: number): string {
  return `jitsi_meet_external_api_${id}`
}

/** Where the page comes from, and where its messages must come from. */
export function originOf(server: string): string {
  return new URL(`https://${server}`).origin
}

/** The address of the frame. Values are JSON, as Jitsi's own embedding writes them. */
export function addressOf(entry: Entry, id: number): string {
  const config = {
    ...ALWAYS,
    startWithAudioMuted: !entry.microphone,
    startWithVideoMuted: !entry.camera,
  }
  const told = [
    ['jitsi_meet_external_api_id', id],
    ...Object.entries(config).map(([name, value]) => [`config.${name}`, value] as const),
    ['userInfo.displayName', entry.name],
  ] as const
  const fragment = told.map(([name, value]) => `${name}=${encodeURIComponent(JSON.stringify(value))}`).join('&')
  return `${originOf(entry.server)}/${encodeURIComponent(entry.room)}#${fragment}`
}
