import { flushSync } from 'svelte'
import { expect, test } from 'vitest'
import { show, submit } from '../room/testing/stage'
import Confirm from './Confirm.svelte'

test('what was typed for one question is not carried into another', async () => {
  const sent: string[] = []
  const props = $state({
    open: true,
    title: 'Approve?',
    text: 'The account goes.',
    label: 'Approve',
    notesLabel: 'Notes for the audit log',
    send: (notes: string) => {
      sent.push(notes)
      return Promise.resolve()
    },
  })
  const page = show(Confirm, props)
  page.write('Notes for the audit log', 'Rude letter')
  page.press('Cancel')
  props.open = false
  flushSync()

  Object.assign(props, { open: true, title: 'Reject?', label: 'Reject', notesLabel: 'Why, for the person' })
  flushSync()
  expect(page.root.querySelector('textarea')?.value).toBe('')
  submit(page)
  await Promise.resolve()
  expect(sent).toEqual([''])
  await page.close()
})
