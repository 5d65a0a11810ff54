import { describe, expect, it } from 'vitest'
import { addressOf, originOf } from './address'

const ENTRY = {
  server: 'meet.example:8443',
  room: 'vcc-1a2b',
  name: 'Ada "the" Łovelace & co',
  microphone: true,
  camera: false,
}

function told(address: string): Record<string, unknown> {
  const pairs = new URL(address).hash.slice(1).split('&')
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=')
      return [pair.slice(0, at), JSON.parse(decodeURIComponent(pair.slice(at + 1))) as unknown]
    }),
  )
}

describe('the address of a frame', () => {
  it('is the room on the server, and everything else stands in its fragment', () => {
    const address = new URL(addressOf(ENTRY, 7))
    expect(address.origin).toBe('https://meet.example:8443')
    expect(address.pathname).toBe('/vcc-1a2b')
    expect(address.search).toBe('')
  })

  it('says who comes, what is on, and that nobody is asked or told anything else', () => {
    expect(told(addressOf(ENTRY, 7))).toMatchObject({
      jitsi_meet_external_api_id: 7,
      'userInfo.displayName': ENTRY.name,
      'config.startWithAudioMuted': false,
      'config.startWithVideoMuted': true,
      'config.prejoinConfig.enabled': false,
      'config.prejoinPageEnabled': false,
      'config.disableThirdPartyRequests': true,
      'config.analytics.disabled': true,
      'config.gravatar.disabled': true,
      'config.disableDeepLinking': true,
      'config.toolbarButtons': [],
    })
  })

  it('never leaves the server that it is for', () => {
    expect(new URL(addressOf({ ...ENTRY, room: '../a/b?c#d' }, 1)).pathname).toBe('/..%2Fa%2Fb%3Fc%23d')
    expect(originOf('meet.example')).toBe('https://meet.example')
  })
})
