import type { Participant } from '../call/model'

/** What somebody sends; the server leaves out nothing, its description of the record only allows it. */
export function sends(person: Participant): { microphone: boolean; camera: boolean; screen: boolean } {
  return { microphone: false, camera: false, screen: false, ...person.media }
}
