import { describe, expect, it } from 'vitest'
import { changeBetween, follows } from '../../call/together/notes'
import { SharedDocument, type Arrived } from '../../call/together/shared_document'
import { sharesNotes } from './notes_field'

const ARRIVED: Arrived = { from: 'ben', news: true }

/** Two pages, each with a field. */
function pair() {
  const documents: SharedDocument[] = []
  const make = () =>
    new SharedDocument(
      (update) => {
        for (const other of documents) if (other !== here) other.take(update, ARRIVED)
      },
      () => undefined,
    )
  let here: SharedDocument | null = null
  documents.push(make(), make())
  const fields = documents.map((shared) => {
    const field = document.createElement('textarea')
    document.body.append(field)
    sharesNotes(shared)(field)
    return {
      field,
      type: (value: string, cursor = value.length) => {
        here = shared
        field.value = value
        field.setSelectionRange(cursor, cursor)
        field.dispatchEvent(new Event('input'))
      },
      say: (name: string) => {
        here = shared
        field.dispatchEvent(new Event(name))
      },
    }
  })
  const [one, other] = fields
  if (!one || !other) throw new Error('two are needed')
  return [one, other] as const
}

describe('a field of many', () => {
  it('shows what others write, and leaves the cursor with the words it was at', () => {
    const [ada, ben] = pair()
    ada.type('tea and cake')
    expect(ben.field.value).toBe('tea and cake')
    ben.field.setSelectionRange(4, 7)
    ada.type('black tea and cake', 6)
    expect(ben.field.value.slice(ben.field.selectionStart, ben.field.selectionEnd)).toBe('and')
    ada.type('black tea and more cake', 19)
    expect(ben.field.value.slice(ben.field.selectionStart, ben.field.selectionEnd)).toBe('and')
    ada.type('black tea cake', 10)
    expect([ben.field.selectionStart, ben.field.selectionEnd]).toEqual([10, 10])
  })

  it('changes nothing under an input method, and puts its word where it belongs', () => {
    const [ada, ben] = pair()
    ada.type('one two')
    ben.say('compositionstart')
    ben.type('one にtwo', 5)
    ada.type('zero one two', 5)
    expect(ben.field.value).toBe('one にtwo')
    ben.field.value = 'one 二 two'
    ben.say('compositionend')
    expect(ben.field.value).toBe('zero one 二 two')
    expect(ada.field.value).toBe('zero one 二 two')
  })

  it('undoes what was written here and nothing else', () => {
    const [ada, ben] = pair()
    ada.type('tea')
    ben.type('tea and cake')
    ada.field.dispatchEvent(new KeyboardEvent('keydown', { key: 'z', ctrlKey: true, cancelable: true }))
    expect(ada.field.value).toBe(' and cake')
  })
})

describe('the change between two texts', () => {
  it.each([
    ['', 'a', { at: 0, taken: 0, put: 'a' }],
    ['abc', 'abXc', { at: 2, taken: 0, put: 'X' }],
    ['aaa', 'aa', { at: 2, taken: 1, put: '' }],
    ['abc', '', { at: 0, taken: 3, put: '' }],
    // Two faces whose first halves are the same, and two whose second halves are.
    ['😀', '😁', { at: 0, taken: 2, put: '😁' }],
    ['\ud83d\ude00', '\ud83e\ude00', { at: 0, taken: 2, put: '\ud83e\ude00' }],
  ])('from %j to %j', (before, after, change) => {
    expect(changeBetween(before, after)).toEqual(change)
  })

  it('is none where nothing changed', () => {
    expect(changeBetween('same', 'same')).toBeNull()
  })

  it('moves places behind it', () => {
    expect(follows(3, [{ retain: 3 }, { insert: 'xx' }])).toBe(3)
    expect(follows(4, [{ retain: 3 }, { insert: 'xx' }])).toBe(6)
    expect(follows(4, [{ retain: 1 }, { delete: 2 }])).toBe(2)
    expect(follows(4, [{ retain: 1 }, { delete: 9 }])).toBe(1)
  })
})
