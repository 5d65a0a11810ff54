/** What stands behind the person: the room, blurred, or a picture. */

/** Gives what is to be drawn behind a frame of this size. */
export type Backdrop = (video: HTMLVideoElement, width: number, height: number) => CanvasImageSource

/** The blur is made on a small copy: it costs a fraction, and nobody sees the difference. */
const COPY_WIDTH = 320
/** Radius of the blur, as a share of the width of the picture. */
const RADII = { light: 0.012, strong: 0.032 } as const
/** Without a filter (Safari before 18) a tiny copy is blurred by being enlarged. Pixels of its width. */
const TINY_WIDTHS = { light: 48, strong: 20 } as const

/** The room behind the person, out of focus. */
export function blurred(strength: 'light' | 'strong'): Backdrop {
  const canvas = document.createElement('canvas')
  const context = contextOf(canvas)
  const filters = 'filter' in context
  return (video, width, height) => {
    const copyWidth = filters ? COPY_WIDTH : TINY_WIDTHS[strength]
    const copyHeight = Math.round((copyWidth * height) / width)
    if (canvas.width !== copyWidth || canvas.height !== copyHeight) {
      Object.assign(canvas, { width: copyWidth, height: copyHeight })
    }
    const radius = filters ? RADII[strength] * copyWidth : 0
    if (filters) context.filter = `blur(${String(radius)}px)`
    context.imageSmoothingQuality = 'high'
    // A blur fades out at the edge: it is drawn past it.
    context.drawImage(video, -radius, -radius, copyWidth + 2 * radius, copyHeight + 2 * radius)
    return canvas
  }
}

/** A picture, cut so that it covers the frame. */
export function pictured(image: HTMLImageElement): Backdrop {
  const canvas = document.createElement('canvas')
  const context = contextOf(canvas)
  return (_, width, height) => {
    if (canvas.width !== width || canvas.height !== height) {
      Object.assign(canvas, { width, height })
      const scale = Math.max(width / image.naturalWidth, height / image.naturalHeight)
      const [covered, high] = [image.naturalWidth * scale, image.naturalHeight * scale]
      context.drawImage(image, (width - covered) / 2, (height - high) / 2, covered, high)
    }
    return canvas
  }
}

/** A canvas to draw on. */
export function contextOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const context = canvas.getContext('2d')
  if (!context) throw new Error('no canvas')
  return context
}
