import type { Attachment } from 'svelte/attachments'
import type { CallModel } from '../call/model'
import type { Source } from './view.svelte'

const SETTLE_MS = 200

/**
 * Tells the mesh how high a picture is shown, so that nobody sends more than that, and nothing while it is not `seen`
 * but what is needed elsewhere, `least`. Waits until a tile has settled: while it moves to its new place, every step of the way would be a new wish.
 */
export function shows(
  call: CallModel | null,
  id: string,
  source: Source,
  seen: boolean,
  least = 0,
): Attachment<HTMLElement> {
  return (tile) => {
    if (!call) return
    if (!seen) {
      call.show(id, source, least)
      return
    }
    let timer: ReturnType<typeof setTimeout> | undefined
    const observer = new ResizeObserver(() => {
      clearTimeout(timer)
      timer = setTimeout(() => call.show(id, source, Math.max(least, wantedHeight(tile, source))), SETTLE_MS)
    })
    observer.observe(tile)
    return () => {
      observer.disconnect()
      clearTimeout(timer)
      call.show(id, source, 0)
    }
  }
}

/** A camera covers its tile, so a wide tile needs more height than its own; a screen fits into it. */
function wantedHeight(tile: HTMLElement, source: Source): number {
  const { clientWidth: width, clientHeight: height } = tile
  const fromWidth = (width * 9) / 16
  const css = source === 'camera' ? Math.max(height, fromWidth) : Math.min(height, fromWidth)
  return Math.round(css * devicePixelRatio)
}
