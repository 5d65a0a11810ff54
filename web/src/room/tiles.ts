import type { CallModel, Participant, Peer, Quality } from '../call/model'
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
  /** Own pictures are always there. */
  link: Peer['link']
}

function ofPeer(peer: Peer): TileItem[] {
  const { participant, speaking, quality, link } = peer
  const common = { own: false, participant, quality, link }
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

/** One's own screen is not among them: it would show itself in itself. */
function ofMe(call: CallModel, me: Participant): TileItem {
  return {
    key: `${me.id}/camera`,
    source: 'camera',
    own: true,
    participant: me,
    stream: call.local.cameraStream,
    speaking: false,
    quality: 'good',
    link: 'connected',
  }
}

/** Everything there is to see, in the order of arrival; oneself last. */
export function tilesOf(call: CallModel): TileItem[] {
  return [...call.peers.flatMap(ofPeer), ...(call.me ? [ofMe(call, call.me)] : [])]
}

interface Choice {
  layout: 'auto' | 'grid' | 'speaker'
  pinned: { id: string; source: Source } | null
  activeSpeaker: string | null
}

/** The picture that gets most of the room, or null when all are alike: pinned, then shared, then whoever speaks. */
export function mainTile(tiles: TileItem[], choice: Choice): TileItem | null {
  const { pinned, layout, activeSpeaker } = choice
  const kept = pinned && tiles.find((tile) => tile.participant.id === pinned.id && tile.source === pinned.source)
  if (kept) return kept
  if (layout === 'grid') return null
  const shared = tiles.find((tile) => tile.source === 'screen')
  if (shared) return shared
  const others = tiles.filter((tile) => !tile.own)
  // One other person: they get the room, and oneself floats in a corner.
  if (layout === 'auto') return others.length === 1 ? (others[0] ?? null) : null
  return others.find((tile) => tile.participant.id === activeSpeaker) ?? others[0] ?? null
}
