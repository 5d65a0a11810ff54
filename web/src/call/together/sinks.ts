/** Where the bytes of a file go that somebody sends. */

/** Takes blocks in order. */
export interface Sink {
  write(block: Uint8Array<ArrayBuffer>): Promise<void>
  /** Everything is there and was checked: what is still to be saved; null where it is already. */
  finish(): Promise<Blob | null>
  /** Nothing of it is kept. */
  drop(): Promise<void>
}

/** Without the browser's way to a file on disk, all of it waits in its memory (or where that keeps what is large). */
export const MOST_IN_MEMORY = 1024 ** 3
/** From here on it is worth a question where to. */
const LEAST_ON_DISK = 64 * 1024 ** 2
const PART = 8 * 1024 ** 2

interface Picker {
  showSaveFilePicker?: (options: { suggestedName: string }) => Promise<FileSystemFileHandle>
}

/** Whether a file of this size can be received here at all. */
export function canTake(size: number): boolean {
  return size <= MOST_IN_MEMORY || (globalThis as Picker).showSaveFilePicker !== undefined
}

/** A place for a file; for a large one the person chooses it, and may choose none: null. To be called in answer to a press. */
export async function sinkFor(name: string, size: number): Promise<Sink | null> {
  const { showSaveFilePicker } = globalThis as Picker
  if (!showSaveFilePicker || size < LEAST_ON_DISK) return memorySink()
  try {
    const handle = await showSaveFilePicker.call(globalThis, { suggestedName: name })
    return diskSink(await handle.createWritable())
  } catch {
    return null
  }
}

/** A file on disk: the browser writes beside it, and puts it in its place at the end. */
export function diskSink(stream: Pick<FileSystemWritableFileStream, 'write' | 'close' | 'abort'>): Sink {
  return {
    write: (block) => stream.write(block),
    async finish() {
      await stream.close()
      return null
    },
    drop: () => stream.abort().catch(() => undefined),
  }
}

/** Pieces that the browser may lay aside, put together at the end. */
export function memorySink(): Sink {
  let parts: Blob[] = []
  let loose: Uint8Array<ArrayBuffer>[] = []
  let bytes = 0
  const lay = () => {
    parts.push(new Blob(loose))
    loose = []
    bytes = 0
  }
  return {
    write(block) {
      loose.push(block)
      bytes += block.byteLength
      if (bytes >= PART) lay()
      return Promise.resolve()
    },
    finish() {
      lay()
      // Never the type that the sender claims: this page must not be what shows it.
      return Promise.resolve(new Blob(parts, { type: 'application/octet-stream' }))
    },
    drop() {
      parts = []
      loose = []
      return Promise.resolve()
    },
  }
}
