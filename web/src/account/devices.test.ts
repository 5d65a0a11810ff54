import { expect, test } from 'vitest'
import { preferred } from './devices'

const here = {
  microphone: [
    { id: 'm1', label: 'Desk' },
    { id: 'm2', label: 'Headset' },
  ],
  camera: [{ id: 'c1', label: '' }],
  speaker: [],
}

test('a browser takes the devices of the account that it has, and leaves the rest', () => {
  const chosen = { microphone: 'm1', camera: 'c1', speaker: 's9' }

  expect(preferred({ microphone: 'Headset', camera: 'Studio', speaker: '' }, here, chosen)).toEqual({
    microphone: 'm2',
    camera: 'c1',
    speaker: 's9',
  })
})

test('a device without a name is nobody’s preference', () => {
  const nothing = { microphone: null, camera: null, speaker: null }

  expect(preferred({ microphone: '', camera: '', speaker: '' }, here, nothing)).toEqual(nothing)
})
