// @vitest-environment node
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { BLOCK } from './blocks'
import { Page } from './fake_page'
import { FakePipe } from './fake_pipe'

let ada: Page
let ben: Page
let cem: Page

beforeEach(() => {
  Page.all = []
  ada = new Page('ada')
  ben = new Page('ben')
  cem = new Page('cem')
})

function file(name = 'cake.txt', size = 3): File {
  return new File([new Uint8Array(size)], name)
}

describe('files', () => {
  it('are offered to all, fetched by a press, and nothing is saved before', async () => {
    ada.together.files.offer(file('../cake.txt'), null)
    expect(ben.said).toMatchObject([{ from: 'ada', name: 'ADA', text: 'cake.txt', alone: null }])
    expect(ben.only).toMatchObject({ state: 'offered', size: 3, bytes: 0 })
    await ben.fetch()
    expect(ben.only.state).toBe('saved')
    expect(ben.saved.map(([whole, name]) => [whole.size, whole.type, name])).toEqual([
      [3, 'application/octet-stream', 'cake.txt'],
    ])
    await vi.waitFor(() => expect(ada.only.deliveries).toEqual([{ id: 'ben', name: 'BEN', bytes: 3, done: true }]))
    expect(cem.only.state).toBe('offered')
  })

  it('for one person are known to that one, and given to nobody else who asks', async () => {
    ada.together.files.offer(file(), { id: 'ben', name: 'BEN' })
    expect(cem.said).toEqual([])
    expect(ben.said[0]?.alone).toEqual({ id: 'ada', name: 'ADA' })
    const [here, there] = FakePipe.pair()
    ada.together.files.asked('cem', there as unknown as RTCDataChannel)
    here.send(JSON.stringify({ v: 1, id: ada.only.id, from: 0 }))
    await vi.waitFor(() => expect(here.readyState).toBe('closed'))
    ada.together.met('cem')
    expect(cem.said).toEqual([])
  })

  it('are offered to late comers, and to nobody twice', () => {
    ada.together.files.offer(file(), null)
    const dunja = new Page('dunja')
    ada.together.met('dunja')
    ada.together.met('ben')
    expect(dunja.said).toHaveLength(1)
    expect(ben.said).toHaveLength(1)
  })

  it('go on by themselves after the connection broke', async () => {
    ada.together.files.offer(file('large', 40 * BLOCK), null)
    const fetched = ben.fetch()
    await vi.waitFor(() => expect(ben.only.bytes).toBeGreaterThan(BLOCK), { interval: 1 })
    ben.pipes[0]?.close()
    await fetched
    expect(ben.only.state).toBe('saved')
    expect(ben.pipes.length).toBeGreaterThan(1)
    expect(JSON.parse(String(ben.pipes.at(-1)?.sent[0]))).not.toMatchObject({ from: 0 })
  })

  it('are cancelled by who fetches, and can be fetched again', async () => {
    ada.together.files.offer(file('large', 40 * BLOCK), null)
    void ben.fetch()
    await vi.waitFor(() => expect(ben.only.bytes).toBeGreaterThan(0), { interval: 1 })
    ben.together.files.cancel(ben.only)
    expect(ben.only.state).toBe('offered')
    await ben.fetch()
    expect(ben.only.state).toBe('saved')
  })

  it('are gone with who offered them, also when that one comes back as another page', async () => {
    ada.together.files.offer(file('large', 40 * BLOCK), null)
    void ben.fetch()
    await vi.waitFor(() => expect(ben.only.bytes).toBeGreaterThan(0), { interval: 1 })
    ada.me = { ...ada.me, session: 'another' }
    ben.together.follow()
    expect(ben.only.state).toBe('gone')
    ada.here = false
    cem.together.follow()
    expect(cem.only.state).toBe('gone')
    await ben.fetch()
    expect(ben.saved).toEqual([])
  })

  it('are taken back by who offered them, in the middle of the way too', async () => {
    ada.together.files.offer(file('large', 40 * BLOCK), null)
    void ben.fetch()
    await vi.waitFor(() => expect(ben.only.bytes).toBeGreaterThan(0), { interval: 1 })
    ada.together.files.withdraw(ada.only)
    await vi.waitFor(() => expect(ben.only.state).toBe('withdrawn'))
    expect(cem.only.state).toBe('withdrawn')
    // Nobody else can take it back.
    ada.together.files.offer(file('second'), null)
    const second = cem.together.files.all[1]
    ben.together.heard('cem', JSON.stringify({ v: 1, type: 'withdraw', id: second?.id }))
    expect(ben.together.files.all[1]?.state).toBe('offered')
  })

  it('are bounded in number, whoever offers them', () => {
    for (let id = 0; id < 90; id++) {
      ben.together.heard('ada', JSON.stringify({ v: 1, type: 'offer', id: `k${id}`, name: 'x', size: 1 }))
    }
    expect(ben.together.files.all).toHaveLength(50)
  })

  it.each([
    ['no version', { type: 'offer', id: 'k', name: 'x', size: 1 }],
    ['another version', { v: 2, type: 'offer', id: 'k', name: 'x', size: 1 }],
    ['what is not known', { v: 1, type: 'dance', id: 'k' }],
    ['a negative size', { v: 1, type: 'offer', id: 'k', name: 'x', size: -1 }],
    ['half a byte', { v: 1, type: 'offer', id: 'k', name: 'x', size: 0.5 }],
    ['a name that is none', { v: 1, type: 'offer', id: 'k', name: {}, size: 1 }],
    ['an endless name', { v: 1, type: 'offer', id: 'k', name: 'x'.repeat(301), size: 1 }],
    ['a strange id', { v: 1, type: 'offer', id: '../k', name: 'x', size: 1 }],
  ])('are not offered by %s', (_, message) => {
    ben.together.heard('ada', JSON.stringify(message))
    ben.together.heard('nobody', JSON.stringify({ v: 1, type: 'offer', id: 'k', name: 'x', size: 1 }))
    expect(ben.said).toEqual([])
  })
})
