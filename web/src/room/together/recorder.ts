/** Writes down what one sees and hears: the pictures as they stand on the stage, and every voice, one's own included. */
import type { CallModel } from '../../call/model'
import type { Recorder } from '../../call/together/recordings.svelte'

const WIDTH = 1280
const HEIGHT = 720
const FRAMES = 15
/** Milliseconds of one piece: what is lost when the browser dies. */
const PIECE = 2000
const KINDS = ['video/webm;codecs=vp8,opus', 'video/mp4', 'video/webm']
const GROUND = '#13211c'

/** Where the pieces go. */
export interface Target {
  write(piece: Blob): Promise<void>
  finish(): Promise<void>
}

/** Whether this browser can record. */
export function canRecord(): boolean {
  return typeof MediaRecorder !== 'undefined' && 'captureStream' in HTMLCanvasElement.prototype
}

/** The ending of what this browser writes. */
export function endingOf(kind: string): string {
  return kind.startsWith('video/mp4') ? 'mp4' : 'webm'
}

/** The form in which this browser writes. */
export function kindHere(): string {
  return KINDS.find((kind) => MediaRecorder.isTypeSupported(kind)) ?? 'video/webm'
}

/** See the head of this file. */
export class StageRecorder implements Recorder {
  readonly #call: CallModel
  readonly #stage: HTMLElement
  readonly #target: Target
  readonly #canvas = document.createElement('canvas')
  readonly #sound = new AudioContext()
  readonly #mix = this.#sound.createMediaStreamDestination()
  readonly #heard = new Map<MediaStreamTrack, MediaStreamAudioSourceNode>()
  readonly #recorder: MediaRecorder
  #work: Promise<void> = Promise.resolve()
  #drawing: ReturnType<typeof setInterval> | undefined

  constructor(call: CallModel, stage: HTMLElement, kind: string, target: Target) {
    this.#call = call
    this.#stage = stage
    this.#target = target
    this.#canvas.width = WIDTH
    this.#canvas.height = HEIGHT
    const picture = this.#canvas.captureStream(FRAMES)
    this.#recorder = new MediaRecorder(new MediaStream([...picture.getTracks(), ...this.#mix.stream.getTracks()]), {
      mimeType: kind,
    })
    this.#recorder.ondataavailable = ({ data }) => {
      if (data.size > 0) this.#work = this.#work.then(() => target.write(data))
    }
  }

  start(): void {
    void this.#sound.resume()
    this.#draw()
    this.#drawing = setInterval(() => this.#draw(), 1000 / FRAMES)
    this.#recorder.start(PIECE)
  }

  async stop(): Promise<void> {
    clearInterval(this.#drawing)
    if (this.#recorder.state !== 'inactive') {
      const stopped = new Promise((resolve) => (this.#recorder.onstop = resolve))
      this.#recorder.stop()
      await stopped
    }
    await this.#work
    await this.#target.finish()
    await this.#sound.close()
  }

  #draw(): void {
    this.#listen()
    const pen = this.#canvas.getContext('2d')
    const all = this.#stage.getBoundingClientRect()
    if (!pen || all.width === 0) return
    const scale = Math.min(WIDTH / all.width, HEIGHT / all.height)
    pen.setTransform(1, 0, 0, 1, 0, 0)
    pen.fillStyle = GROUND
    pen.fillRect(0, 0, WIDTH, HEIGHT)
    pen.setTransform(scale, 0, 0, scale, (WIDTH - all.width * scale) / 2, (HEIGHT - all.height * scale) / 2)
    for (const video of this.#stage.querySelectorAll('video')) {
      const { left, top, width, height } = video.getBoundingClientRect()
      draw(pen, video, left - all.left, top - all.top, width, height)
    }
  }

  /** Whoever comes later is heard, too. */
  #listen(): void {
    const streams = this.#call.peers.flatMap(({ audioStream, screenAudioStream }) => [audioStream, screenAudioStream])
    const others = streams.flatMap((stream) => stream?.getAudioTracks() ?? [])
    const wanted = new Set([this.#call.local.voice, ...others].filter((track) => track !== null))
    for (const track of wanted) {
      if (this.#heard.has(track)) continue
      const source = this.#sound.createMediaStreamSource(new MediaStream([track]))
      source.connect(this.#mix)
      this.#heard.set(track, source)
    }
    for (const [track, source] of this.#heard) {
      if (wanted.has(track)) continue
      source.disconnect()
      this.#heard.delete(track)
    }
  }
}

/** One tile: its picture as it is cut there, or its name where there is none. */
function draw(
  pen: CanvasRenderingContext2D,
  video: HTMLVideoElement,
  x: number,
  y: number,
  width: number,
  height: number,
): void {
  const { videoWidth, videoHeight } = video
  const shown = video.srcObject !== null && videoWidth > 0
  pen.save()
  pen.beginPath()
  pen.rect(x, y, width, height)
  pen.clip()
  pen.fillStyle = shown ? '#000' : '#2b3b34'
  pen.fillRect(x, y, width, height)
  if (shown) {
    const cover = getComputedStyle(video).objectFit === 'cover'
    const scale = (cover ? Math.max : Math.min)(width / videoWidth, height / videoHeight)
    const [w, h] = [videoWidth * scale, videoHeight * scale]
    pen.drawImage(video, x + (width - w) / 2, y + (height - h) / 2, w, h)
  }
  pen.font = '600 16px sans-serif'
  pen.textBaseline = 'bottom'
  pen.fillStyle = '#fff'
  pen.shadowColor = '#000'
  pen.shadowBlur = 4
  pen.fillText(video.ariaLabel ?? '', x + 12, y + height - 12, Math.max(0, width - 24))
  pen.restore()
}
