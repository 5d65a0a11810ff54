import { request } from '../api/client'
import { userToken } from '../api/session'
import { showTheme, theme } from './theme'

/** Shows the other theme. The choice of somebody who is signed in is also that of their account. */
export async function turnTheme(): Promise<void> {
  const next = theme() === 'dark' ? 'light' : 'dark'
  showTheme(next)
  const token = userToken()
  // Without an answer the choice holds in this browser.
  if (token)
    await request('/api/me', { method: 'PATCH', body: JSON.stringify({ theme: next }) }, token).catch(() => null)
}
