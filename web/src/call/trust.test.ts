import { describe, expect, it, vi } from 'vitest'
import type { Description } from '../api/types'
import { Seal } from './seal'
import { Trust } from './trust'

const CODE = 'abc-defg-hjk'
const KEY = 'AAECAwQFBgcICQoLDA0ODw'
const ADA = 'ab'.repeat(32)
const ATTACKER = 'cd'.repeat(32)

interface Message {
  description: Description | null
  proof: string | null
}

function describing(print: string, type: Description['type'] = 'offer'): Description {
  const colons = print.toUpperCase().replace(/(..)(?=.)/g, '$1:')
  return { type, sdp: `v=0\r\na=fingerprint:sha-256 ${colons}\r\n` }
}

/** A connection whose other end has shown this certificate, as the description says. */
function connected(print: string): RTCPeerConnection {
  return { connectionState: 'connected', remoteDescription: describing(print) } as unknown as RTCPeerConnection
}

/** Ada's end and Ben's, with these keys. */
function pair(adas: string | null, bens: string | null): { ada: Trust; ben: Trust } {
  const way = { from: 'ada', fromSession: 'page-of-ada', to: 'ben', toSession: 'page-of-ben' }
  const back = { from: 'ben', fromSession: 'page-of-ben', to: 'ada', toSession: 'page-of-ada' }
  const sealing = (key: string | null) => (key === null ? null : Seal.of(key, CODE))
  return {
    ada: new Trust(sealing(adas), way, () => undefined),
    ben: new Trust(sealing(bens), back, () => undefined),
  }
}

function sent(from: Trust, description: Description | null): Promise<Message> {
  return new Promise((resolve) => from.send(description, (proof) => resolve({ description, proof })))
}

/** Whether it was handed on, once everything that came before has been looked at. */
async function taken(by: Trust, { description, proof }: Message): Promise<boolean> {
  const pass = vi.fn()
  by.receive(description, proof, pass)
  await new Promise<void>((resolve) => by.receive(null, null, resolve))
  return pass.mock.calls.length > 0
}

describe('who is at the other end', () => {
  it('is verified once the certificate that was signed is the one in use', async () => {
    const { ada, ben } = pair(KEY, KEY)
    expect(await taken(ben, await sent(ada, describing(ADA)))).toBe(true)
    expect(ben.state).toBe('checking')
    await ben.look(connected(ADA))
    expect(ben.state).toBe('verified')
  })

  it('is not safe when another certificate is in use than was signed', async () => {
    const { ada, ben } = pair(KEY, KEY)
    await taken(ben, await sent(ada, describing(ADA)))
    await ben.look(connected(ATTACKER))
    expect(ben.state).toBe('warning')
  })

  it('is not safe when the description was changed on the way, and stays so', async () => {
    const { ada, ben } = pair(KEY, KEY)
    const message = await sent(ada, describing(ADA))
    expect(await taken(ben, { ...message, description: describing(ATTACKER) })).toBe(true)
    expect(ben.state).toBe('warning')
    await taken(ben, await sent(ada, describing(ADA)))
    await ben.look(connected(ADA))
    expect(ben.state).toBe('warning')
  })

  it('is not safe with another key', async () => {
    const { ada, ben } = pair('BAECAwQFBgcICQoLDA0ODw', KEY)
    await taken(ben, await sent(ada, describing(ADA)))
    expect(ben.state).toBe('warning')
  })

  it('came without the key when nothing is signed', async () => {
    const { ada, ben } = pair(null, KEY)
    const message = await sent(ada, describing(ADA))
    expect(message.proof).toBeNull()
    await taken(ben, message)
    await ben.look(connected(ADA))
    expect(ben.state).toBe('no_key')
  })

  it('is not known to a browser without the key, which hands everything on at once', async () => {
    const { ada, ben } = pair(KEY, null)
    const message = await sent(ada, describing(ADA))
    const pass = vi.fn()
    ben.receive(message.description, message.proof, pass)
    expect(pass).toHaveBeenCalledOnce()
    await ben.look(connected(ADA))
    expect(ben.state).toBe('unknown')
  })

  it('is not safe when proofs stop in the middle', async () => {
    const { ada, ben } = pair(KEY, KEY)
    await taken(ben, await sent(ada, describing(ADA)))
    await ben.look(connected(ADA))
    await taken(ben, { description: describing(ATTACKER), proof: null })
    expect(ben.state).toBe('warning')
  })

  it('is verified again after a restart of the connection, and after a new one', async () => {
    const { ada, ben } = pair(KEY, KEY)
    await taken(ben, await sent(ada, describing(ADA)))
    await ben.look(connected(ADA))
    expect(await taken(ben, await sent(ada, describing(ADA)))).toBe(true)
    ben.restart()
    expect(ben.state).toBe('checking')
    await ben.look(connected(ADA))
    expect(ben.state).toBe('verified')
  })
})

it('is handed on once: what comes a second time is dropped, without an alarm', async () => {
  const { ada, ben } = pair(KEY, KEY)
  const [first, second] = [await sent(ada, describing(ADA)), await sent(ada, describing(ADA, 'answer'))]
  expect(await taken(ben, second)).toBe(true)
  expect(await taken(ben, first)).toBe(false)
  expect(await taken(ben, second)).toBe(false)
  await ben.look(connected(ADA))
  expect(ben.state).toBe('verified')
})

it('keeps the order of descriptions and candidates', async () => {
  const { ada } = pair(KEY, KEY)
  const order: string[] = []
  await Promise.all([
    new Promise<void>((resolve) => ada.send(describing(ADA), () => resolve(void order.push('description')))),
    new Promise<void>((resolve) => ada.send(null, () => resolve(void order.push('candidates')))),
  ])
  expect(order).toEqual(['description', 'candidates'])
})
