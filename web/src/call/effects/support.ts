/** Whether this browser has what an effect needs: old ones, and some views inside of other apps, have not. */
export function canReplaceBackground(): boolean {
  return (
    'captureStream' in HTMLCanvasElement.prototype && 'OffscreenCanvas' in globalThis && 'WebAssembly' in globalThis
  )
}

/** The same for noise in the voice. */
export function canSuppressNoise(): boolean {
  return 'AudioWorkletNode' in globalThis && 'WebAssembly' in globalThis
}
