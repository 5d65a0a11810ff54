import { expect, it } from 'vitest'
import { withSilence } from './connection'

it('asks for silence in every section of Opus, and changes nothing else', () => {
  const opus = 'a=fmtp:111 minptime=10;useinbandfec=1\r\n'
  const sdp = `v=0\r\n${opus}m=video\r\na=fmtp:96 x=1\r\n${opus}`
  const asked = 'a=fmtp:111 minptime=10;useinbandfec=1;usedtx=1\r\n'
  expect(withSilence(sdp)).toBe(`v=0\r\n${asked}m=video\r\na=fmtp:96 x=1\r\n${asked}`)
})
