import { createSubscriber } from 'svelte/reactivity'

const TICK = 10_000

const subscribe = createSubscriber((update) => {
  const ticking = setInterval(update, TICK)
  return () => clearInterval(ticking)
})

/** What time it is; reactive, as exactly as people read a clock. */
export function now(): Date {
  subscribe()
  return new Date()
}
