import type { CallModel } from '../../call/model'
import { mainTiles, tilesOf, type TileItem } from '../tiles'
import type { RoomView } from '../view.svelte'

/** The one picture of the small window: pinned, shared, or of who speaks; one's own while nobody else is here. */
export function smallTile(call: CallModel, view: RoomView): TileItem | null {
  const tiles = tilesOf(call)
  const choice = {
    layout: 'speaker',
    pins: view.pins,
    spotlight: call.together?.lead.pins ?? [],
    activeSpeaker: call.activeSpeaker,
  } as const
  return mainTiles(tiles, choice)[0] ?? tiles.at(-1) ?? null
}
