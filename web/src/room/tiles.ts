import type { CallModel, Participant, Peer, Pin, Quality, Trust } from '../call/model'
import type { Source } from './view.svelte'

/** One picture on the stage. */
export interface TileItem {
  key: string
  source: Source
  own: boolean
  participant: Participant
  stream: MediaStream | null
  speaking: boolean
  quality: Quality
  trust: Trust
  /** Own pictures are always there. */
  link: Peer['link']
}

function ofPeer(peer: Peer): TileItem[] {
  const { participant, speaking, quality, link, trust } = peer
  const common = { own: false, participant, quality, link, trust }
  const camera: TileItem = {
    ...common,
    key: `${participant.id}/camera`,
    source: 'camera',
    stream: peer.cameraStream,
    speaking,
  }
  if (!peer.screenStream) return [camera]
  const screen: TileItem = {
    ...common,
    key: `${participant.id}/screen`,
    source: 'screen',
    stream: peer.screenStream,
    speaking: false,
  }
  return [screen, camera]
}

function ofMe(call: CallModel, me: Participant, withScreen: boolean): TileItem[] {
  const common = {
    own: true,
    participant: me,
    speaking: false,
    quality: 'good',
    trust: 'unknown',
    link: 'connected',
  } as const
  const camera: TileItem = { ...common, key: `${me.id}/camera`, source: 'camera', stream: call.local.cameraStream }
  const stream = call.local.screenStream
  if (!withScreen || !stream) return [camera]
  return [{ ...common, key: `${me.id}/screen`, source: 'screen', stream }, camera]
}

/**
 * Everything there is to see, in the order of arrival; oneself last. One's own screen would show itself in itself: it is
 * there only where one wants to see what is drawn on it.
 */
export function tilesOf(call: CallModel, { ownScreen = false } = {}): TileItem[] {
  return [...call.peers.flatMap(ofPeer), ...(call.me ? ofMe(call, call.me, ownScreen) : [])]
}

interface Choice {
  layout: 'auto' | 'grid' | 'speaker'
  /** What this person pinned; and what a host did for everybody, which counts where they pinned nothing that is there. */
  pins: readonly Pin[]
  spotlight: readonly Pin[]
  activeSpeaker: string | null
}

/** The pictures that get most of the room, none when all are alike: pinned, then shared, then whoever speaks. */
export function mainTiles(tiles: TileItem[], choice: Choice): TileItem[] {
  const among = (pins: readonly Pin[]) =>
    tiles.filter(({ participant, source }) => pins.some((pin) => pin.id === participant.id && pin.source === source))
  const kept = [among(choice.pins), among(choice.spotlight)].find((some) => some.length > 0)
  if (kept) return kept
  const one = mainTile(tiles, choice)
  return one ? [one] : []
}

function mainTile(tiles: TileItem[], { layout, activeSpeaker }: Choice): TileItem | null {
  if (layout === 'grid') return null
  const shared = tiles.find((tile) => tile.source === 'screen')
  if (shared) return shared
  const others = tiles.filter((tile) => !tile.own)
  // One other person: they get the room, and oneself floats in a corner.
  if (layout === 'auto') return others.length === 1 ? (others[0] ?? null) : null
  return others.find((tile) => tile.participant.id === activeSpeaker) ?? others[0] ?? null
}
