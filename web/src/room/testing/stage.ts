import { flushSync, mount, unmount, type Component } from 'svelte'
import { vi } from 'vitest'
import type { RoomView } from '../view.svelte'
import type { FakeCall } from './fake.svelte'
import Stand from './Stand.svelte'

/** A component on the page, with what a test looks for. Names are accessible names as far as these tests need them. */
export interface Stage {
  root: HTMLElement
  text(): string
  button(name: string): HTMLButtonElement
  buttons(): string[]
  press(name: string): void
  field(label: string): HTMLInputElement
  write(label: string, text: string): void
  close(): Promise<void>
}

/** Puts a component of the room on the page, around a call. */
export function enter(of: Component, call: FakeCall, view: RoomView | null = null): Stage {
  return show(Stand, { call, of, view })
}

/** Puts any component on the page. */
export function show<Props extends Record<string, unknown>>(of: Component<Props>, props: Props): Stage {
  const root = document.createElement('div')
  document.body.append(root)
  const mounted = mount(of, { target: root, props })
  flushSync()
  const all = () => [...root.querySelectorAll('button')]
  const stage: Stage = {
    root,
    text: () => root.textContent.replace(/\s+/gu, ' '),
    button: (name) =>
      found(
        all().find((button) => nameOf(button) === name),
        name,
      ),
    buttons: () => all().map(nameOf),
    press(name) {
      stage.button(name).click()
      flushSync()
    },
    field(label) {
      const field = [...root.querySelectorAll('label')].find((one) => one.textContent.trim() === label)?.htmlFor
      return found(
        field === undefined ? undefined : root.querySelector<HTMLInputElement>(`#${CSS.escape(field)}`),
        label,
      )
    },
    write(label, text) {
      const field = stage.field(label)
      field.value = text
      field.dispatchEvent(new Event('input', { bubbles: true }))
      flushSync()
    },
    async close() {
      await unmount(mounted)
      root.remove()
    },
  }
  return stage
}

/** Waits until what is fetched on use is there. */
export async function fetched(): Promise<void> {
  flushSync()
  await vi.dynamicImportSettled()
  flushSync()
}

/** Sends the form that is on the page, as Enter in one of its fields does. */
export function submit(stage: Stage): void {
  found(stage.root.querySelector('form'), 'form').dispatchEvent(
    new SubmitEvent('submit', { bubbles: true, cancelable: true }),
  )
  flushSync()
}

function nameOf(button: HTMLElement): string {
  return (button.getAttribute('aria-label') ?? button.textContent).trim()
}

function found<T>(thing: T | null | undefined, name: string): T {
  if (thing === null || thing === undefined) throw new Error(`nothing is called ${name}`)
  return thing
}
