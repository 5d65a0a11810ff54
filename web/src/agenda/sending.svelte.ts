/** A form on its way to the server: never twice, and what comes back stands beside the fields. */
import { tick } from 'svelte'
import { Problem } from '../api/client'
import type { PlanErrors } from './plan'

export class Sending {
  busy = $state(false)
  errors = $state<PlanErrors>({})
  /** What is about no field that the form has. */
  problem = $state.raw<Problem | null>(null)

  /** Checks, sends, and goes to the first field that is wrong. */
  async go(form: HTMLElement, check: () => PlanErrors, send: () => Promise<void>): Promise<void> {
    if (this.busy) return
    this.problem = null
    this.errors = check()
    if (Object.keys(this.errors).length === 0) {
      this.busy = true
      try {
        await send()
      } catch (error) {
        if (!(error instanceof Problem)) throw error
        this.errors = { ...error.errors }
        if (Object.keys(error.errors).length === 0) this.problem = error
      } finally {
        this.busy = false
      }
    }
    await tick()
    form.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
  }

  error(...fields: string[]): string | null {
    return fields.map((field) => this.errors[field]).find((error) => error !== undefined) ?? null
  }

  /** Somebody corrects a field: what was said about it may be true no longer. */
  corrected(...fields: string[]): void {
    this.errors = Object.fromEntries(Object.entries(this.errors).filter(([field]) => !fields.includes(field)))
  }
}
