/** Pictures to stand in front of: some of ours, and one of the person's own, which is kept on this device only. */
import { write } from '../memory'
import dawn from './pictures/dawn.svg?url'
import hills from './pictures/hills.svg?url'
import lagoon from './pictures/lagoon.svg?url'
import wall from './pictures/wall.svg?url'

const OWN = 'vcc-own-background'
/** Pixels: no camera of a meeting is larger. */
const WIDTH = 1280
const HEIGHT = 720
const QUALITY = 0.82

/** Ours, by name. */
export const PICTURES = { dawn, hills, lagoon, wall } as const

/** Address of a picture by its name, `own` or one of ours. A name that is not known any more is the first of ours. */
export function pictureOf(name: string): string {
  if (name === 'own') return ownPicture() ?? dawn
  return name in PICTURES ? PICTURES[name as keyof typeof PICTURES] : dawn
}

/** The person's own picture as a data: address; null where they have chosen none. */
export function ownPicture(): string | null {
  try {
    return localStorage.getItem(OWN)
  } catch {
    return null
  }
}

/** Keeps a picture from a file, cut to the size of a frame. Rejects what is no picture. */
export async function keepOwnPicture(file: Blob): Promise<string> {
  const image = new Image()
  image.src = URL.createObjectURL(file)
  try {
    await image.decode()
  } finally {
    URL.revokeObjectURL(image.src)
  }
  const canvas = document.createElement('canvas')
  Object.assign(canvas, { width: WIDTH, height: HEIGHT })
  const scale = Math.max(WIDTH / image.naturalWidth, HEIGHT / image.naturalHeight)
  const [width, height] = [image.naturalWidth * scale, image.naturalHeight * scale]
  canvas.getContext('2d')?.drawImage(image, (WIDTH - width) / 2, (HEIGHT - height) / 2, width, height)
  const address = canvas.toDataURL('image/jpeg', QUALITY)
  write(OWN, address)
  return address
}
