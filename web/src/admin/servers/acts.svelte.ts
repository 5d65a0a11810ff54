/** What can be done to a server at once. */
import type { AdminServerView } from '../../api/types'
import { Saving } from '../../ui/saving.svelte'
import { adminSend } from '../session.svelte'

export class Acts {
  readonly saving = new Saving()
  /** The one that is being looked at right now. */
  probing = $state<string | null>(null)

  constructor(private readonly changed: () => Promise<void>) {}

  change(server: AdminServerView, fields: { enabled?: boolean; draining?: boolean }): Promise<void> {
    return this.#do(() => adminSend('PATCH', path(server), fields))
  }

  async probe(server: AdminServerView): Promise<void> {
    this.probing = server.domain
    await this.#do(() => adminSend('POST', `${path(server)}/probe`))
    this.probing = null
  }

  async #do(work: () => Promise<unknown>): Promise<void> {
    await this.saving.run(work)
    await this.changed()
  }
}

/** Of the API, after /api/admin. */
export function path(server: Pick<AdminServerView, 'domain'>): string {
  return `/servers/${encodeURIComponent(server.domain)}`
}
