/** Keys and buttons of the system: headsets, lock screens, and the browser's own small windows. */
import type { CallModel } from '../call/model'

const ACTIONS: Record<'togglemicrophone' | 'togglecamera' | 'hangup', (call: CallModel) => void> = {
  togglemicrophone: ({ local }) => void local.setMicrophone(!local.microphone),
  togglecamera: ({ local }) => void local.setCamera(!local.camera),
  hangup: (call) => call.leave(),
}

/** Answers them (W3C Media Session, section 5); returns what ends that. */
export function takeMediaKeys(call: CallModel): () => void {
  const actions = Object.keys(ACTIONS) as (keyof typeof ACTIONS)[]
  for (const action of actions) handle(action, () => ACTIONS[action](call))
  return () => {
    for (const action of actions) handle(action, null)
  }
}

/** Tells the system what is on, so that its buttons show the same. */
export function tellMediaKeys({ microphone, camera }: CallModel['local']): void {
  if (!('mediaSession' in navigator)) return
  // Not everywhere, whatever the types say.
  const mediaSession: Partial<MediaSession> = navigator.mediaSession
  void mediaSession.setMicrophoneActive?.(microphone)
  void mediaSession.setCameraActive?.(camera)
}

function handle(action: keyof typeof ACTIONS, handler: (() => void) | null): void {
  try {
    // The types of TypeScript 6 know those of players only.
    navigator.mediaSession.setActionHandler(action as MediaSessionAction, handler)
  } catch {
    // This browser knows no such key, or none at all.
  }
}
