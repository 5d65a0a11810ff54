import { expect, test } from 'vitest'
import { Saving } from './saving.svelte'

test('two choices made at once are kept one after the other', async () => {
  const saving = new Saving()
  const kept: string[] = []
  const choose = (choice: string) =>
    saving.inTurn(async () => {
      const answer = await saving.run(() => Promise.resolve(choice))
      if (answer) kept.push(answer)
    })

  await Promise.all([choose('dark'), choose('Asia/Tokyo')])

  expect(kept).toEqual(['dark', 'Asia/Tokyo'])
  expect(saving.done).toBe(true)
})

test('a press while it is being done does nothing', async () => {
  const saving = new Saving()
  const press = () => saving.run(() => Promise.resolve('done'))

  expect(await Promise.all([press(), press()])).toEqual(['done', null])
})
