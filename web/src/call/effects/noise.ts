/** Noise is taken out of one's own voice by RNNoise (Xiph.Org), compiled to WebAssembly, in an AudioWorklet. */
import { loadRnnoise, RnnoiseWorkletNode } from '@sapphi-red/web-noise-suppressor'
import plain from '@sapphi-red/web-noise-suppressor/rnnoise.wasm?url'
import simd from '@sapphi-red/web-noise-suppressor/rnnoise_simd.wasm?url'
import worklet from '@sapphi-red/web-noise-suppressor/rnnoiseWorklet.js?url'
import type { Effect, EffectTrouble } from './effect'

/** Hertz: what RNNoise was trained for. */
const SAMPLE_RATE = 48_000

/** Starts it; `failed` is called when it cannot go on. Rejects where the browser cannot do it, or files are missing. */
export async function suppressNoise(raw: MediaStreamTrack, failed: (why: EffectTrouble) => void): Promise<Effect> {
  const context = new AudioContext({ sampleRate: SAMPLE_RATE })
  const over = new AbortController()
  try {
    const [wasmBinary] = await Promise.all([
      loadRnnoise({ url: plain, simdUrl: simd }),
      context.audioWorklet.addModule(worklet),
    ])
    // Inside of the worklet a module that cannot be compiled only makes silence.
    await WebAssembly.compile(wasmBinary)
    const node = new RnnoiseWorkletNode(context, { maxChannels: 1, wasmBinary })
    node.channelCount = 1
    node.channelCountMode = 'explicit'
    node.onprocessorerror = () => failed('failed')
    const destination = new MediaStreamAudioDestinationNode(context, { channelCount: 1 })
    const source = context.createMediaStreamSource(new MediaStream([raw]))
    source.connect(node).connect(destination)
    const [track] = destination.stream.getAudioTracks()
    if (!track) throw new Error('no track')
    keepAwake(context, over.signal)
    return {
      track,
      stop() {
        over.abort()
        track.stop()
        source.disconnect()
        node.destroy()
        void context.close()
      },
    }
  } catch (error) {
    over.abort()
    void context.close()
    throw error
  }
}

/** Before a first click some browsers make no sound, and a telephone call takes it away for a while. */
function keepAwake(context: AudioContext, signal: AbortSignal): void {
  const wake = () => {
    if (context.state !== 'running') void context.resume()
  }
  context.addEventListener('statechange', wake, { signal })
  for (const moment of ['pointerdown', 'keydown', 'visibilitychange'])
    document.addEventListener(moment, wake, { signal })
  wake()
}
