/**
 * Finds the person in each picture: MediaPipe's selfie segmentation on TensorFlow Lite, as @twilio/video-processors ships
 * them. In a worker, so that the page stays quick, and because the timers of a hidden page nearly stand still.
 */
import create, { type SegmentationModule } from '@twilio/video-processors/dist/build/tflite-simd-1-0-0.js'
import engine from '@twilio/video-processors/dist/build/tflite-simd-1-0-0.wasm?url'
import model from '@twilio/video-processors/dist/build/selfie_segmentation_landscape.tflite?url'

/** What the worker says. `tick`: a picture may come now; `mask`: how much of each pixel of it is person, as alpha. */
export type Answer =
  | { kind: 'ready'; width: number; height: number }
  | { kind: 'tick' }
  | { kind: 'mask'; pixels: ArrayBuffer }
  | { kind: 'failed' }

/** Milliseconds between two pictures. */
const INTERVAL = 1000 / 25
/** Share of the newest mask: a little of the one before calms the edges. */
const NEWEST = 0.7
/** Less sure than the one is background, surer than the other is person; soft in between. */
const SURELY_NOT = 0.25
const SURELY = 0.75

class Segmenter {
  readonly #pixels: ImageData
  readonly #context: OffscreenCanvasRenderingContext2D
  readonly #before: Float32Array

  constructor(
    private readonly module: SegmentationModule,
    readonly width = module._getInputWidth(),
    readonly height = module._getInputHeight(),
  ) {
    const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })
    if (!context) throw new Error('no canvas')
    this.#context = context
    this.#pixels = new ImageData(width, height)
    this.#before = new Float32Array(width * height)
  }

  /** RGBA, of which only alpha means something: 255 is person. */
  mask(picture: ImageBitmap): ArrayBuffer {
    const { module, width, height } = this
    this.#context.drawImage(picture, 0, 0, width, height)
    const { data } = this.#context.getImageData(0, 0, width, height)
    const input = module._getInputMemoryOffset() / 4
    for (let pixel = 0; pixel < width * height; pixel++) {
      for (let colour = 0; colour < 3; colour++) {
        module.HEAPF32[input + pixel * 3 + colour] = (data[pixel * 4 + colour] ?? 0) / 255
      }
    }
    module._runInference()
    const output = module._getOutputMemoryOffset() / 4
    const found = module.HEAPF32.subarray(output, output + width * height)
    for (let pixel = 0; pixel < found.length; pixel++) {
      const before = this.#before[pixel] ?? 0
      const sure = before + NEWEST * ((found[pixel] ?? 0) - before)
      this.#before[pixel] = sure
      this.#pixels.data[pixel * 4 + 3] = 255 * smooth((sure - SURELY_NOT) / (SURELY - SURELY_NOT))
    }
    return this.#pixels.data.slice().buffer
  }
}

function smooth(share: number): number {
  const x = Math.min(1, Math.max(0, share))
  return x * x * (3 - 2 * x)
}

async function load(): Promise<Segmenter> {
  const [wasmBinary, weights] = await Promise.all([fetchFile(engine), fetchFile(model)])
  const module = await create({ wasmBinary })
  module.HEAPU8.set(new Uint8Array(weights), module._getModelBufferMemoryOffset())
  module._loadModel(weights.byteLength)
  return new Segmenter(module)
}

async function fetchFile(url: string): Promise<ArrayBuffer> {
  const answer = await fetch(url)
  if (!answer.ok) throw new Error(`${url}: ${String(answer.status)}`)
  return answer.arrayBuffer()
}

function say(answer: Answer, transfer: Transferable[] = []): void {
  self.postMessage(answer, { transfer })
}

/** Each picture is asked for when the one before is done: none ever waits in a queue. Null is none that is new. */
function serve(segmenter: Segmenter): void {
  let next = performance.now()
  self.onmessage = ({ data: picture }: MessageEvent<ImageBitmap | null>) => {
    try {
      if (picture) {
        const pixels = segmenter.mask(picture)
        picture.close()
        say({ kind: 'mask', pixels }, [pixels])
      }
    } catch {
      say({ kind: 'failed' })
      return
    }
    next = Math.max(performance.now(), next + INTERVAL)
    setTimeout(() => say({ kind: 'tick' }), next - performance.now())
  }
  say({ kind: 'ready', width: segmenter.width, height: segmenter.height })
}

load().then(serve, () => say({ kind: 'failed' }))
