/** Where a recording goes while it is made: to a file on disk where the browser can, else it is held until the end. */
import { saveFile } from '../../ui/save_file'
import type { Target } from './recorder'

interface Picker {
  showSaveFilePicker?: (options: { suggestedName: string }) => Promise<FileSystemFileHandle>
}

/** To be called in answer to a press; null where the person chose no place. */
export async function targetFor(name: string): Promise<Target | null> {
  const { showSaveFilePicker } = window as Picker
  if (!showSaveFilePicker) return held(name)
  try {
    const handle = await showSaveFilePicker.call(window, { suggestedName: name })
    const stream = await handle.createWritable()
    return { write: (piece) => stream.write(piece), finish: () => stream.close() }
  } catch (error) {
    // Closed by the person; or there is no picker here after all.
    return error instanceof DOMException && error.name === 'AbortError' ? null : held(name)
  }
}

function held(name: string): Target {
  const pieces: Blob[] = []
  return {
    write(piece) {
      pieces.push(piece)
      return Promise.resolve()
    },
    finish() {
      if (pieces.length > 0) saveFile(new Blob(pieces, { type: pieces[0]?.type ?? '' }), name)
      return Promise.resolve()
    },
  }
}
