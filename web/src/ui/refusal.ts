import type { ServerRefusal } from '../api/types'
import { m } from '../i18n/paraglide/messages.js'

const HOW = {
  login: m.server_refused_login,
  lobby: m.server_refused_lobby,
  password: m.server_refused_password,
  embedding: m.server_refused_embedding,
}

/** Says how a server of the pool kept people out by itself. */
export function refusalText({ server, how }: ServerRefusal): string {
  return HOW[how]({ server })
}
