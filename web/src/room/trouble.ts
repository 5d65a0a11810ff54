import type { Trouble } from '../call/model'
import { m } from '../i18n/paraglide/messages.js'

/** What is wrong on one's own side, in a sentence that says what follows from it. */
export function ownTrouble(trouble: Trouble): string {
  return {
    power: m.trouble_power,
    loss: m.trouble_loss,
    bandwidth: m.trouble_bandwidth,
    delay: m.trouble_delay,
    udp_blocked: m.trouble_udp_blocked,
    relayed: m.trouble_relayed,
  }[trouble]()
}

/** What is wrong on the side of somebody else, in a few words. */
export function troubleOf(trouble: Trouble): string {
  return {
    power: m.trouble_of_power,
    loss: m.trouble_of_loss,
    bandwidth: m.trouble_of_bandwidth,
    delay: m.trouble_of_delay,
    udp_blocked: m.trouble_of_udp_blocked,
    relayed: m.trouble_of_relayed,
  }[trouble]()
}
