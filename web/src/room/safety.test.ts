import { expect, it } from 'vitest'
import type { Trust } from '../call/model'
import { roomSafety } from './safety'
import { aPeer } from './testing/fake.svelte'

function room(hasKey: boolean, ...trust: Trust[]) {
  return { venue: null, hasKey, peers: trust.map((one, index) => aPeer(String(index), 'Ben', { trust: one })) }
}

it.each([
  [room(true), 'alone'],
  [room(false), 'unknown'],
  [room(true, 'verified', 'verified'), 'verified'],
  [room(true, 'verified', 'checking'), 'checking'],
  [room(true, 'verified', 'no_key', 'checking'), 'no_key'],
  [room(false, 'unknown'), 'unknown'],
  [room(true, 'no_key', 'warning', 'verified'), 'warning'],
] as const)('a room is as safe as its worst connection: %#', (call, expected) => {
  expect(roomSafety(call)).toBe(expected)
})
