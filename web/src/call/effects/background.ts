/** Another background behind the person in one's own picture: blurred, or a picture. */
import { blurred, contextOf, pictured, type Backdrop } from './backdrop'
import { Pace, PATIENCE } from './pace'
import type { Effect, EffectTrouble } from './effect'
import { pictureOf } from './pictures'
import type { Answer } from './segmenter.worker'

/** Frames per second at most: each is taken when one was drawn. */
const FRAME_RATE = 30

/**
 * Starts it; resolves with its first picture, so that nothing of the room is seen before. `failed` is called when it
 * cannot go on. Rejects where the browser cannot do it, or files are missing.
 */
export async function replaceBackground(
  raw: MediaStreamTrack,
  background: string,
  failed: (why: EffectTrouble) => void,
): Promise<Effect> {
  const effect = new BackgroundEffect(raw, await backdropOf(background))
  try {
    await effect.start(failed)
    return effect
  } catch (error) {
    effect.stop()
    throw error
  }
}

class BackgroundEffect implements Effect {
  readonly track: MediaStreamTrack
  readonly #video = document.createElement('video')
  readonly #canvas = document.createElement('canvas')
  readonly #context: CanvasRenderingContext2D
  readonly #mask = document.createElement('canvas')
  readonly #worker = new Worker(new URL('./segmenter.worker.ts', import.meta.url), { type: 'module' })
  readonly #pace = new Pace()
  #failed: (why: EffectTrouble) => void = () => undefined
  #drawn: () => void = () => undefined
  /** `currentTime` of the frame that was taken last, and when it was taken. */
  #taken = -1
  #takenAt = 0
  #waiting: ReturnType<typeof setTimeout> | undefined

  constructor(
    private readonly raw: MediaStreamTrack,
    private backdrop: Backdrop,
  ) {
    this.#context = contextOf(this.#canvas)
    const [track] = this.#canvas.captureStream(FRAME_RATE).getVideoTracks()
    if (!track) throw new Error('no track')
    this.track = track
  }

  async start(failed: (why: EffectTrouble) => void): Promise<void> {
    const drawn = new Promise<void>((resolve, reject) => {
      this.#drawn = resolve
      this.#failed = reject
    })
    this.#worker.onmessage = ({ data }: MessageEvent<Answer>) => this.#hear(data)
    this.#worker.onerror = () => this.#fail('failed')
    this.#video.muted = true
    this.#video.playsInline = true
    this.#video.srcObject = new MediaStream([this.raw])
    await Promise.all([this.#video.play(), drawn])
    this.#failed = failed
  }

  async change(background: string): Promise<void> {
    this.backdrop = await backdropOf(background)
  }

  stop(): void {
    clearTimeout(this.#waiting)
    this.#failed = () => undefined
    this.#worker.onmessage = null
    this.#worker.terminate()
    this.#video.srcObject = null
    this.track.stop()
  }

  #hear(answer: Answer): void {
    switch (answer.kind) {
      case 'ready':
        this.#mask.width = answer.width
        this.#mask.height = answer.height
        void this.#take()
        break
      case 'tick':
        void this.#take()
        break
      case 'mask':
        this.#draw(answer.pixels)
        break
      case 'failed':
        this.#fail('failed')
    }
  }

  async #take(): Promise<void> {
    const { currentTime, videoWidth } = this.#video
    if (videoWidth === 0 || currentTime === this.#taken) {
      this.#worker.postMessage(null)
      return
    }
    this.#taken = currentTime
    this.#takenAt = performance.now()
    this.#waiting = setTimeout(() => this.#fail('slow'), PATIENCE)
    try {
      const { width, height } = this.#mask
      const frame = await createImageBitmap(this.#video, { resizeWidth: width, resizeHeight: height })
      this.#worker.postMessage(frame, [frame])
    } catch {
      this.#fail('failed')
    }
  }

  #draw(pixels: ArrayBuffer): void {
    clearTimeout(this.#waiting)
    const { videoWidth: width, videoHeight: height } = this.#video
    // A phone that is turned gives another size.
    if (this.#canvas.width !== width || this.#canvas.height !== height) Object.assign(this.#canvas, { width, height })
    const mask = new ImageData(new Uint8ClampedArray(pixels), this.#mask.width, this.#mask.height)
    contextOf(this.#mask).putImageData(mask, 0, 0)
    this.#context.globalCompositeOperation = 'copy'
    this.#context.drawImage(this.#mask, 0, 0, width, height)
    this.#context.globalCompositeOperation = 'source-in'
    this.#context.drawImage(this.#video, 0, 0, width, height)
    this.#context.globalCompositeOperation = 'destination-over'
    this.#context.drawImage(this.backdrop(this.#video, width, height), 0, 0, width, height)
    this.#drawn()
    const now = performance.now()
    if (this.#pace.exceeded(now - this.#takenAt, now)) this.#fail('slow')
  }

  #fail(why: EffectTrouble): void {
    clearTimeout(this.#waiting)
    const failed = this.#failed
    this.#failed = () => undefined
    failed(why)
  }
}

async function backdropOf(background: string): Promise<Backdrop> {
  if (background === 'light' || background === 'strong') return blurred(background)
  const image = new Image()
  image.src = pictureOf(background)
  await image.decode()
  return pictured(image)
}
