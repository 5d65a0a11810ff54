// @vitest-environment node
import { describe, expect, it } from 'vitest'
import { BLOCK, Digests } from './blocks'
import { FakePipe } from './fake_pipe'
import { readWish, Receiving, Sending, type Outcome } from './pipe'
import { memorySink, type Sink } from './sinks'

const SIZE = 9 * BLOCK + 1000

function content(size = SIZE): Blob {
  const bytes = new Uint8Array(size)
  for (let at = 0; at < size; at += 97) bytes[at] = at % 251
  return new Blob([bytes])
}

/** The sender's end: serves every wish that comes over a pipe. */
function serve(pipe: FakePipe, file: Blob, digests = new Digests()): Promise<string> {
  return new Promise((resolve) => {
    pipe.onmessage = ({ data }) => {
      const wish = readWish(data)
      if (wish) void new Sending(pipe, wish.from, () => undefined).send(file, digests).then(resolve)
    }
  })
}

async function through(
  file: Blob,
  size = file.size,
  sink: Sink = memorySink(),
): Promise<[Outcome, string, Blob | null]> {
  const [there, here] = FakePipe.pair()
  const sent = serve(there, file)
  const outcome = await new Receiving(sink, size, () => undefined).receive(here, 'k1')
  return [outcome, await sent, outcome === 'done' ? await sink.finish() : null]
}

async function same(one: Blob | null, other: Blob): Promise<boolean> {
  const [left, right] = await Promise.all([one?.arrayBuffer(), other.arrayBuffer()])
  const wanted = new Uint8Array(right)
  return left?.byteLength === wanted.length && new Uint8Array(left).every((byte, at) => byte === wanted[at])
}

describe('a file on its way', () => {
  it.each([0, 1, BLOCK, SIZE])('arrives as it is, %i bytes', async (size) => {
    const file = content(size)
    const [here, there, whole] = await through(file)
    expect([here, there]).toEqual(['done', 'done'])
    expect(await same(whole, file)).toBe(true)
  })

  it('never has much of itself on the way, however large it is', async () => {
    const [there, here] = FakePipe.pair()
    const file = content(40 * BLOCK)
    let release: () => void = () => undefined
    const full = new Promise<void>((resolve) => (release = resolve))
    const slow: Sink = { ...memorySink(), write: () => full }
    void serve(there, file)
    const outcome = new Receiving(slow, file.size, () => undefined).receive(here, 'k1')
    for (let round = 0; round < 100; round++) await new Promise((resolve) => setTimeout(resolve))
    const unread = there.sent.reduce<number>((sum, one) => sum + (one instanceof ArrayBuffer ? one.byteLength : 0), 0)
    expect(unread).toBeLessThanOrEqual(17 * BLOCK)
    expect(there.most).toBeLessThanOrEqual(6 * BLOCK)
    here.breaks()
    release()
    expect(await outcome).toBe('cut')
  })

  it('goes on where it was cut, over another channel', async () => {
    const file = content()
    const sink = memorySink()
    const digests = new Digests()
    const [there, here] = FakePipe.pair()
    void serve(there, file, digests)
    const receiving = new Receiving(sink, file.size, (bytes) => bytes >= 3 * BLOCK && here.breaks())
    expect(await receiving.receive(here, 'k1')).toBe('cut')
    const had = receiving.written

    const [again, next] = FakePipe.pair()
    void serve(again, file, digests)
    expect(await receiving.receive(next, 'k1')).toBe('done')
    expect(had).toBeGreaterThanOrEqual(3 * BLOCK)
    expect(JSON.parse(String(next.sent[0]))).toEqual({ v: 1, id: 'k1', from: had })
    expect(await same(await sink.finish(), file)).toBe(true)
  })

  it('is checked against a sender that does not remember what it sent before', async () => {
    const file = content()
    const [there, here] = FakePipe.pair()
    void serve(there, file)
    const receiving = new Receiving(memorySink(), file.size, (bytes) => bytes === 2 * BLOCK && receiving.cut())
    expect(await receiving.receive(here, 'k1')).toBe('cut')
    const [again, next] = FakePipe.pair()
    void serve(again, file, new Digests())
    expect(await receiving.receive(next, 'k1')).toBe('done')
  })

  it('is not taken for the one that was offered when it is longer, shorter, or another one', async () => {
    const file = content()
    expect((await through(file, SIZE - 1))[0]).toBe('lied')
    expect((await through(file, SIZE + 1))[0]).toBe('lied')
    const [there, here] = FakePipe.pair()
    there.onmessage = () => {
      there.send(new ArrayBuffer(1000))
      there.send('{"v":1,"end":"another digest"}')
    }
    expect(await new Receiving(memorySink(), 1000, () => undefined).receive(here, 'k1')).toBe('broken')
  })

  it('that floods is cut off', async () => {
    const [there, here] = FakePipe.pair()
    there.onmessage = () => {
      for (let piece = 0; piece < 100; piece++) there.send(new ArrayBuffer(BLOCK))
    }
    const stuck: Sink = { ...memorySink(), write: () => new Promise(() => undefined) }
    expect(await new Receiving(stuck, 1000 * BLOCK, () => undefined).receive(here, 'k1')).toBe('lied')
    expect(here.readyState).not.toBe('open')
  })

  it('that cannot be read, or written, says so', async () => {
    const gone = { size: SIZE, slice: () => ({ arrayBuffer: () => Promise.reject(new Error('gone')) }) }
    expect((await through(gone as unknown as Blob))[0]).toBe('unreadable')
    const full: Sink = { ...memorySink(), write: () => Promise.reject(new Error('full')) }
    expect((await through(content(), SIZE, full))[0]).toBe('unwritable')
  })

  it.each([
    '',
    '{}',
    '{"v":1,"id":"k1","from":-1}',
    '{"v":1,"id":"k1","from":1}',
    '{"v":2,"id":"k1","from":0}',
    'null',
  ])('is asked for by nothing else: %s', (raw) => expect(readWish(raw)).toBeNull())
})
