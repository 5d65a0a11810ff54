/** A text field that many write in at once. */
import type { Attachment } from 'svelte/attachments'
import { UndoManager } from 'yjs'
import { changeBetween, follows, type Delta } from '../../call/together/notes'
import { OWN, type SharedDocument } from '../../call/together/shared_document'

const UNDO_MS = 500

/** Keeps the field and the notes alike. One's own cursor stays where it was when others write. */
export function sharesNotes(shared: SharedDocument): Attachment<HTMLTextAreaElement> {
  return (field) => {
    const { notes } = shared
    const undo = new UndoManager(notes, { trackedOrigins: new Set([OWN]), captureTimeout: UNDO_MS })
    /** What the field held when it was last like the notes, and what others did since. */
    let shown = ''
    let missed: Delta[] = []
    let composing = false

    const show = () => {
      const { selectionStart, selectionEnd, selectionDirection, scrollTop } = field
      const moved = (place: number) => missed.reduce(follows, place)
      shown = notes.toJSON()
      if (field.value !== shown) {
        field.value = shown
        field.setSelectionRange(moved(selectionStart), moved(selectionEnd), selectionDirection)
        field.scrollTop = scrollTop
      }
      missed = []
    }
    const take = () => {
      const change = changeBetween(shown, field.value)
      if (!change) return
      const moved = (place: number) => missed.reduce(follows, place)
      const at = moved(change.at)
      const taken = moved(change.at + change.taken) - at
      shared.change(() => {
        if (taken > 0) notes.delete(at, taken)
        if (change.put !== '') notes.insert(at, change.put)
      })
      if (missed.length === 0) shown = field.value
    }
    const wrote = () => {
      // Half a word of an input method is nobody's business, and nothing may change under it.
      if (!composing) take()
    }
    const composed = () => {
      composing = false
      take()
      show()
    }
    const changed = ({ delta }: { delta: Delta }, { origin }: { origin: unknown }) => {
      if (origin === OWN) return
      missed.push(delta)
      if (!composing) show()
    }
    const pressed = (event: KeyboardEvent) => {
      const key = event.key.toLowerCase()
      if (!(event.ctrlKey || event.metaKey) || (key !== 'z' && key !== 'y')) return
      // The browser's own would bring back what was there before others wrote.
      event.preventDefault()
      if (key === 'y' || event.shiftKey) undo.redo()
      else undo.undo()
    }
    const composes = () => (composing = true)

    show()
    notes.observe(changed)
    field.addEventListener('input', wrote)
    field.addEventListener('keydown', pressed)
    field.addEventListener('compositionstart', composes)
    field.addEventListener('compositionend', composed)
    return () => {
      if (composing) composed()
      notes.unobserve(changed)
      undo.destroy()
      field.removeEventListener('input', wrote)
      field.removeEventListener('keydown', pressed)
      field.removeEventListener('compositionstart', composes)
      field.removeEventListener('compositionend', composed)
    }
  }
}
