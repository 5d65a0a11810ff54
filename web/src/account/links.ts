import { Problem } from '../api/client'

/** Does something with a mailed link; null when the link was used already, is too old, or was never one. */
export async function opened<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work
  } catch (error) {
    if (error instanceof Problem && error.code === 'link-expired') return null
    throw error
  }
}

/** The secret of a link that has been used is of no use in the address bar. */
export function dropFragment(): void {
  history.replaceState(history.state, '', location.pathname)
}
