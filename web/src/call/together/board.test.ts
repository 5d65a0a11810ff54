// @vitest-environment node
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import * as Y from 'yjs'
import { toBase64url } from '../bytes'
import { Page } from './fake_page'
import { Items, readItem } from './items'
import { OWN, SharedDocument } from './shared_document'

let ada: Page
let ben: Page

/** Milliseconds after which everything that was gathered has been sent. */
const SOON = 200

async function write(page: Page, at: number, text: string): Promise<void> {
  const shared = await page.together.board.open()
  shared.change(() => shared.notes.insert(at, text))
}

function notes(page: Page): string {
  return page.together.board.document?.notes.toJSON() ?? ''
}

/** What a page that does not keep to any rule sends. */
function raw(page: Page, update: Uint8Array, more: Record<string, unknown> = {}): void {
  const message = { v: 1, type: 'doc', id: 'k', part: 0, of: 1, data: toBase64url(update), ...more }
  page.together.heard('ben', JSON.stringify(message))
}

function updateOf(act: (doc: Y.Doc) => void): Uint8Array {
  const doc = new Y.Doc()
  act(doc)
  return Y.encodeStateAsUpdate(doc)
}

beforeEach(async () => {
  vi.useFakeTimers()
  Page.all = []
  ada = new Page('ada', { role: 'host' })
  ben = new Page('ben')
  await ada.together.board.open()
  await ben.together.board.open()
})

afterEach(() => vi.useRealTimers())

describe('the shared document', () => {
  it('ends the same on all pages, whoever writes at the same time, and says who began', async () => {
    await write(ada, 0, 'tea ')
    await write(ben, 0, 'cake ')
    await vi.advanceTimersByTimeAsync(SOON)
    expect(notes(ada)).toHaveLength(9)
    expect(notes(ben)).toBe(notes(ada))
    expect(ada.together.board.began).toEqual({ id: 'ben', name: 'BEN', what: 'notes' })
    const first = ada.together.board.began
    await write(ben, 0, '!')
    await vi.advanceTimersByTimeAsync(SOON)
    expect(ada.together.board.began).toBe(first)
  })

  it('comes whole to who arrives later, from one who is there, and again after a broken connection', async () => {
    await write(ada, 0, 'long '.repeat(9000))
    await vi.advanceTimersByTimeAsync(SOON)
    const cem = new Page('cem')
    ada.together.met('cem')
    ben.together.met('cem')
    await vi.waitFor(() => expect(notes(cem)).toBe(notes(ada)))
    expect(notes(cem)).toHaveLength(45_000)
    expect(cem.together.board.began).toBeNull()

    cem.deaf = true
    const shared = await ada.together.board.open()
    shared.change(() => shared.notes.delete(5, 44_995))
    await vi.advanceTimersByTimeAsync(SOON)
    expect(notes(cem)).toHaveLength(45_000)
    cem.deaf = false
    ada.together.met('cem')
    await vi.waitFor(() => expect(notes(cem)).toBe('long '))
  })

  it('is asked of the next one, when somebody does not answer', async () => {
    await write(ada, 0, 'here')
    await vi.advanceTimersByTimeAsync(SOON)
    ada.deaf = true
    const cem = new Page('cem')
    ada.together.met('cem')
    ben.together.met('cem')
    await vi.waitFor(() => expect(cem.together.board.document).not.toBeNull())
    expect(notes(cem)).toBe('')
    await vi.advanceTimersByTimeAsync(6000)
    expect(notes(cem)).toBe('here')
  })

  it.each([
    ['no update', new Uint8Array([255, 255, 255, 255, 9])],
    ['nothing', new Uint8Array()],
    ['another root', updateOf((doc) => doc.getMap('__proto__').set('x', 1))],
    ['markup', updateOf((doc) => doc.getXmlFragment('items').insert(0, [new Y.XmlElement('script')]))],
    ['another document', updateOf((doc) => doc.getMap('items').set('x', new Y.Doc()))],
    ['pictures in the text', updateOf((doc) => doc.getText('notes').insertEmbed(0, { image: 'x' }))],
    ['bytes', updateOf((doc) => doc.getMap('items').set('x', new Uint8Array(9)))],
  ])('takes nothing of %s', (_, update) => {
    raw(ada, update)
    expect(ada.together.board.document?.empty).toBe(true)
  })

  it('bears words of any kind that it does not know', () => {
    const update = updateOf((doc) => doc.getText('notes').insert(0, 'x'))
    for (const more of [
      { of: 0 },
      { of: 601 },
      { of: 1e9, part: 1e9 - 1 },
      { part: -1 },
      { part: 1 },
      { part: 0.5 },
      { data: 7 },
      { data: '%%%' },
      { data: 'x'.repeat(17_000) },
      { id: {} },
      { type: 'doc_ask', have: null },
      { type: 'doc_ask', have: '____' },
      { type: 'doc_has', id: '' },
    ]) {
      raw(ada, update, more)
    }
    // Parts that do not follow each other.
    raw(ada, update, { of: 3, part: 0 })
    raw(ada, update, { of: 3, part: 2 })
    raw(ada, update, { of: 2, part: 1 })
    expect(notes(ada)).toBe('')
    raw(ada, update)
    expect(notes(ada)).toBe('x')
  })

  it('hears a flood only as far as its budget goes', () => {
    const text = 'x'.repeat(100)
    for (let number = 0; number < 2000; number++)
      raw(
        ada,
        updateOf((doc) => doc.getText('notes').insert(0, text)),
      )
    expect(notes(ada).length).toBeLessThanOrEqual(70_100)
    expect(notes(ada).length).toBeGreaterThan(0)
  })

  it('does not answer the same question again and again', async () => {
    await write(ada, 0, 'a whole document')
    await vi.advanceTimersByTimeAsync(SOON)
    const heard = vi.spyOn(ben.together, 'heard')
    for (let number = 0; number < 50; number++) {
      ada.together.heard('ben', JSON.stringify({ v: 1, type: 'doc_ask', id: `k${number}`, have: 'AA' }))
    }
    expect(heard).toHaveBeenCalledTimes(5)
  })

  it('stays within its size, and has place again when something is taken away', () => {
    const shared = new SharedDocument(
      () => undefined,
      () => undefined,
    )
    const by = { from: 'ben', news: true }
    const doc = new Y.Doc()
    const piece = 'x'.repeat(200_000)
    let taken = 0
    for (let number = 0; number < 40; number++) {
      const before = Y.encodeStateVector(doc)
      doc.getText('notes').insert(0, piece)
      if (shared.take(Y.encodeStateAsUpdate(doc, before), by)) taken++
    }
    expect(taken).toBeGreaterThan(18)
    expect(taken).toBeLessThan(23)
    expect(shared.full).toBe(true)
    const before = Y.encodeStateVector(doc)
    doc.getText('notes').delete(0, doc.getText('notes').length)
    expect(shared.take(Y.encodeStateAsUpdate(doc, before), by)).toBe(true)
    expect(shared.full).toBe(false)
  })

  it('counts what waits for something that never comes', () => {
    const shared = new SharedDocument(
      () => undefined,
      () => undefined,
    )
    const doc = new Y.Doc()
    doc.getText('notes').insert(0, 'never sent')
    let taken = 0
    for (let number = 0; number < 40; number++) {
      const before = Y.encodeStateVector(doc)
      doc.getText('notes').insert(0, 'x'.repeat(200_000))
      if (shared.take(Y.encodeStateAsUpdate(doc, before), { from: 'ben', news: true })) taken++
    }
    expect(taken).toBeLessThan(23)
    expect(shared.notes.length).toBe(0)
  })
})

describe('what stands on the board', () => {
  const stroke = { kind: 'stroke', order: 1, tool: 'pen', colour: 1, width: 0, pressed: false }
  const sticker = { kind: 'sticker', order: 1, paper: true, colour: 1, x: 5, y: 5, text: 'words' }

  function kept(fields: Record<string, unknown>, points?: (string | number)[]): unknown {
    const map = new Y.Doc().getMap<unknown>('items')
    map.set('k', new Y.Map(Object.entries({ ...fields, ...(points && { points: Y.Array.from(points) }) })))
    return map.get('k')
  }

  it('is read as it was drawn', () => {
    expect(readItem('k', kept(stroke, [1, 2, 50]))).toMatchObject({ tool: 'pen', points: [1, 2, 50] })
    expect(readItem('k', kept(sticker))).toMatchObject({ text: 'words', paper: true })
    expect(readItem('k', kept({ ...sticker, text: 'x'.repeat(600) }))).toMatchObject({ text: 'x'.repeat(500) })
  })

  it.each([
    ['a number', 7],
    ['nothing', undefined],
    ['an object', { ...sticker }],
    ['a line without points', kept(stroke)],
    ['points that are words', kept(stroke, ['a', 'b', 'c'])],
    ['points that are no numbers', kept(stroke, [NaN, 1, 1])],
    ['points far away', kept(stroke, [1e12, 1, 1])],
    ['points without end', kept(stroke, Array<number>(9001).fill(1))],
    ['another colour', kept({ ...stroke, colour: 6 }, [])],
    ['half a colour', kept({ ...stroke, colour: 0.5 }, [])],
    ['a colour of code', kept({ ...stroke, colour: 'url(x)' }, [])],
    ['another width', kept({ ...stroke, width: 3 }, [])],
    ['another tool', kept({ ...stroke, tool: 'hammer' }, [])],
    ['an endless place in the order', kept({ ...sticker, order: Infinity })],
    ['words beside the board', kept({ ...sticker, y: 10_001 })],
    ['words that are none', kept({ ...sticker, text: {} })],
    ['another kind', kept({ ...sticker, kind: '__proto__' })],
  ])('is never %s', (_, value) => {
    expect(readItem('k', value)).toBeNull()
  })

  it('is undone by who did it, and nobody else, and brought back', () => {
    const [mine, theirs] = [new Y.Doc(), new Y.Doc()]
    const items = new Items(mine.getMap('items'), OWN, () => undefined)
    const others = new Items(theirs.getMap('items'), OWN, () => undefined)
    const swap = () => {
      Y.applyUpdate(mine, Y.encodeStateAsUpdate(theirs), 'arrived')
      Y.applyUpdate(theirs, Y.encodeStateAsUpdate(mine), 'arrived')
    }
    const draw = (doc: Y.Doc, on: Items) => {
      on.step()
      doc.transact(() => on.draw({ tool: 'pen', colour: 0, width: 0, pressed: false })?.push([1, 1, 50]), OWN)
    }
    draw(mine, items)
    draw(mine, items)
    draw(theirs, others)
    swap()
    expect(items.all).toHaveLength(3)
    others.undo()
    others.undo()
    swap()
    expect(items.all).toHaveLength(2)
    items.undo()
    expect(items.all).toHaveLength(1)
    items.redo()
    expect(items.all).toHaveLength(2)
    items.step()
    mine.transact(() => items.clear(), OWN)
    swap()
    expect(others.all).toEqual([])
    items.undo()
    swap()
    expect(others.all).toHaveLength(2)
  })
})
