import { expect, test, vi } from 'vitest'
import { Problem } from '../api/client'
import { Pages, type Page } from './pages.svelte'

function shelf(...pages: number[][]) {
  return vi.fn((cursor: string | null): Promise<Page<number>> => {
    const at = Number(cursor ?? 0)
    return Promise.resolve({ items: pages[at] ?? [], next_cursor: at + 1 < pages.length ? String(at + 1) : null })
  })
}

test('pages follow each other until there are none', async () => {
  const list = new Pages(shelf([1, 2], [3]))
  await list.load()
  expect([list.items, list.hasMore]).toEqual([[1, 2], true])
  await list.showMore()
  expect([list.items, list.hasMore]).toEqual([[1, 2, 3], false])
  await list.showMore()
  expect(list.items).toEqual([1, 2, 3])
})

test('empty pages of a search are passed over', async () => {
  const list = new Pages(shelf([], [], [7], [8]))
  await list.load()
  expect([list.items, list.hasMore]).toEqual([[7], true])
})

test('a search that finds nothing for long stops and can be gone on with', async () => {
  const fetched = shelf([], [], [], [], [], [], [], [9])
  const list = new Pages(fetched)
  await list.load()
  expect([list.items, list.hasMore, fetched.mock.calls.length]).toEqual([[], true, 6])
  await list.showMore()
  expect(list.items).toEqual([9])
})

test('the answer to an older question comes too late', async () => {
  let answer: (page: Page<number>) => void = () => undefined
  const list = new Pages<number>(() => new Promise((resolve) => (answer = resolve)))
  const first = list.load()
  await list.load(shelf([2]))
  answer({ items: [1], next_cursor: null })
  await first
  expect(list.items).toEqual([2])
})

test('pressing twice fetches once', async () => {
  const fetched = shelf([1], [2], [3])
  const list = new Pages(fetched)
  await list.load()
  await Promise.all([list.showMore(), list.showMore()])
  expect(list.items).toEqual([1, 2])
})

test('what cannot be fetched is said, and trying again helps', async () => {
  const fetched = shelf([1], [2])
  const list = new Pages(fetched)
  fetched.mockRejectedValueOnce(new Problem('offline', ''))
  await list.load()
  expect([list.state, list.problem?.code]).toEqual(['failed', 'offline'])
  await list.load()
  expect([list.state, list.items]).toEqual(['ready', [1]])
  fetched.mockRejectedValueOnce(new Problem('offline', ''))
  await list.showMore()
  expect([list.state, list.items, list.hasMore]).toEqual(['ready', [1], true])
  await list.showMore()
  expect(list.items).toEqual([1, 2])
})

test('looking again says nothing, and leaves alone what somebody unrolled', async () => {
  const fetched = shelf([1], [2])
  const list = new Pages(fetched)
  await list.load()
  fetched.mockRejectedValueOnce(new Problem('offline', ''))
  await list.refresh()
  expect([list.state, list.items]).toEqual(['ready', [1]])
  await list.showMore()
  await list.refresh()
  expect(list.items).toEqual([1, 2])
})
