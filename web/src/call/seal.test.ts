import { beforeEach, describe, expect, it } from 'vitest'
import type { Description } from '../api/types'
import { Seal, type Way } from './seal'

const CODE = 'abc-defg-hjk'
const KEY = 'AAECAwQFBgcICQoLDA0ODw'
const WAY: Way = { from: 'ada', fromSession: 'session-of-ada', to: 'ben', toSession: 'session-of-ben' }
const PRINT = '4A:AD:B9:B1:3F:82:18:3B:54:02:12:DF:3E:5D:49:6B:19:E5:7C:AB:4A:AD:B9:B1:3F:82:18:3B:54:02:12:DF'
const OFFER: Description = { type: 'offer', sdp: `v=0\r\na=fingerprint:sha-256 ${PRINT}\r\na=setup:actpass\r\n` }

let seal: Seal
let proof: string

async function sealOf(key: string, code = CODE): Promise<Seal> {
  const found = await Seal.of(key, code)
  if (!found) throw new Error('no cryptography here')
  return found
}

beforeEach(async () => {
  seal = await sealOf(KEY)
  proof = await seal.sign(WAY, 7, OFFER)
})

describe('a proof', () => {
  it('is right for whoever has the same key', async () => {
    expect(await (await sealOf(KEY)).check(WAY, OFFER, proof)).toEqual({ number: 7, right: true })
  })

  it('fits into what the server takes', async () => {
    expect((await seal.sign(WAY, 999_999_999, OFFER)).length).toBeLessThanOrEqual(128)
  })

  it.each<[string, string, string]>([
    ['another key', 'BAECAwQFBgcICQoLDA0ODw', CODE],
    ['the key for another meeting', KEY, 'abc-defg-hjm'],
  ])('is wrong with %s', async (_, key, code) => {
    expect((await (await sealOf(key, code)).check(WAY, OFFER, proof)).right).toBe(false)
  })

  it.each<[string, Partial<Way>]>([
    ['sent back to who wrote it', { from: 'ben', fromSession: WAY.toSession, to: 'ada', toSession: WAY.fromSession }],
    ['with the names swapped', { from: 'ben', to: 'ada' }],
    ['for somebody else', { to: 'cem' }],
    ['from somebody else', { from: 'cem' }],
    ['for a page that was loaded anew', { toSession: 'another-session' }],
    ['from a page that was loaded anew', { fromSession: 'another-session' }],
    ['cut elsewhere between two names', { from: 'ad', fromSession: 'asession-of-ada' }],
  ])('is wrong %s', async (_, change) => {
    expect((await seal.check({ ...WAY, ...change }, OFFER, proof)).right).toBe(false)
  })

  it.each<[string, Description]>([
    ['fingerprint', { ...OFFER, sdp: OFFER.sdp.replace('4A:AD', '4A:AE') }],
    ['second fingerprint', { ...OFFER, sdp: `${OFFER.sdp}a=fingerprint:sha-256 ${PRINT.replace('4A', '4B')}\r\n` }],
    ['role', { ...OFFER, sdp: OFFER.sdp.replace('actpass', 'active') }],
    ['type', { ...OFFER, type: 'answer' }],
  ])('is wrong with another %s', async (_, description) => {
    expect((await seal.check(WAY, description, proof)).right).toBe(false)
  })

  it('is wrong under another number', async () => {
    expect((await seal.check(WAY, OFFER, proof.replace('1.7.', '1.8.'))).right).toBe(false)
  })

  it.each(['', '1.7.', 'x', '2.7.AAAA', `1.-7.${'A'.repeat(43)}`, `1.7.${'*'.repeat(43)}`, `1.7.${'A'.repeat(44)}`])(
    'is not %j',
    async (nonsense) => {
      expect(await seal.check(WAY, OFFER, nonsense)).toMatchObject({ right: false })
    },
  )

  it('is wrong once any character of the description is another one', async () => {
    for (let round = 0; round < 200; round++) {
      const at = Math.floor(Math.random() * OFFER.sdp.length)
      const how = round % 3
      const put = how === 0 ? '' : String.fromCharCode(33 + Math.floor(Math.random() * 90))
      const sdp = OFFER.sdp.slice(0, at) + put + OFFER.sdp.slice(how === 2 ? at : at + 1)
      if (sdp === OFFER.sdp) continue
      expect((await seal.check(WAY, { ...OFFER, sdp }, proof)).right, JSON.stringify(sdp)).toBe(false)
    }
  })

  it('is wrong once any character of it is another one', async () => {
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    for (let at = 4; at < proof.length - 1; at++) {
      const put = letters[Math.floor(Math.random() * letters.length)] ?? 'A'
      if (put === proof[at]) continue
      expect((await seal.check(WAY, OFFER, proof.slice(0, at) + put + proof.slice(at + 1))).right).toBe(false)
    }
  })
})
