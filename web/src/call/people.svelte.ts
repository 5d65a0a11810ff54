import type { Participant } from '../api/types'
import { Voice } from './levels'
import type { Peer, Quality, Trouble, Trust } from './model'
import type { Remote } from './remote'
import { others, type Room } from './room'

/** One other person as the interface sees them: their record and what their browser sends, brought together. */
export class Person implements Peer {
  participant: Participant
  cameraStream = $state.raw<MediaStream | null>(null)
  screenStream = $state.raw<MediaStream | null>(null)
  audioStream = $state.raw<MediaStream | null>(null)
  screenAudioStream = $state.raw<MediaStream | null>(null)
  speaking = $state(false)
  quality = $state<Quality>('good')
  trouble = $state<Trouble | null>(null)
  link = $state<Peer['link']>('connecting')
  trust = $state<Trust>('unknown')
  safetyCode = $state<string | null>(null)
  readonly voice = new Voice()

  constructor(participant: Participant) {
    this.participant = $state.raw(participant)
  }

  update(remote: Remote): void {
    const { camera, screen } = this.participant.media
    const streams = remote.peer.connection?.streams ?? null
    this.cameraStream = camera ? (streams?.camera ?? null) : null
    this.screenStream = screen ? (streams?.screen ?? null) : null
    this.screenAudioStream = screen ? (streams?.screenSound ?? null) : null
    this.audioStream = streams?.microphone ?? null
    this.link = remote.peer.link
    this.trust = remote.trust.state
    this.safetyCode = remote.safetyCode
    this.quality = remote.peer.link === 'restoring' ? 'lost' : remote.quality
    this.trouble = remote.trouble
  }

  /** Nothing comes from here to there directly: the media goes through a server. */
  detach(): void {
    this.cameraStream = this.screenStream = this.audioStream = this.screenAudioStream = null
    this.speaking = false
    this.link = 'connected'
    this.trust = 'unknown'
    this.safetyCode = null
    this.quality = 'good'
    this.trouble = null
  }

  listen(remote: Remote | undefined): void {
    this.speaking = this.voice.hear(this.participant.media.microphone ? (remote?.level ?? 0) : 0)
  }
}

/** The people of a room in the order of arrival; whoever stays keeps their object, so that nothing is built anew. */
export function follow(before: readonly Person[], room: Room): Person[] {
  return others(room).map((participant) => {
    const person = before.find((known) => known.participant.id === participant.id) ?? new Person(participant)
    person.participant = participant
    return person
  })
}
