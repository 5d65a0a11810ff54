/** One record of the console, and what became of fetching it. */
import { Problem } from '../api/client'
import { adminRequest, adminSend } from './session.svelte'

export class One<T> {
  value = $state.raw<T | null>(null)
  problem = $state.raw<Problem | null>(null)

  constructor(private readonly path: string) {}

  /** Fetches it, also anew. */
  async load(): Promise<void> {
    try {
      this.value = await adminRequest<T>(this.path)
      this.problem = null
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      this.problem = error
    }
  }

  /** Does something to it; the answer is what it is like then. @throws {Problem} */
  async act(what: string, body: object = {}): Promise<void> {
    this.value = await adminSend<T>('POST', `${this.path}/${what}`, body)
  }
}
