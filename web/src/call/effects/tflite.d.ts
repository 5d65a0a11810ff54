/** TensorFlow Lite with the one graph that it runs, compiled by Emscripten: the package ships no types for it. */
declare module '@twilio/video-processors/dist/build/tflite-simd-1-0-0.js' {
  export interface SegmentationModule {
    /** Views on its memory, other ones whenever it has grown. */
    readonly HEAPU8: Uint8Array
    readonly HEAPF32: Float32Array
    /** Addresses in bytes. */
    _getModelBufferMemoryOffset(): number
    _getInputMemoryOffset(): number
    _getOutputMemoryOffset(): number
    /** Pixels. */
    _getInputWidth(): number
    _getInputHeight(): number
    _loadModel(bytes: number): number
    _runInference(): number
  }
  export default function create(options: { wasmBinary: ArrayBuffer }): Promise<SegmentationModule>
}
