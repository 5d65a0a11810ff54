import { expect, it } from 'vitest'
import { accepted, codecOf, Codecs, pictures, ranked, type Abilities, type Codec, type Purpose } from './codecs'

const DECODES: Codec[] = ['AV1', 'VP9', 'H264', 'VP8']
const SOFTWARE: Abilities = {
  encodes: { AV1: 'software', VP9: 'software', H264: 'software', VP8: 'software' },
  decodes: DECODES,
}
const WITH_H264: Abilities = { encodes: { ...SOFTWARE.encodes, H264: 'hardware' }, decodes: DECODES }
const WITH_ALL: Abilities = {
  encodes: { AV1: 'hardware', VP9: 'hardware', H264: 'hardware', VP8: 'software' },
  decodes: DECODES,
}
const NO_AV1: Abilities = { encodes: { VP9: 'software', VP8: 'software' }, decodes: DECODES }
const CAMERA: Purpose = { slot: 'camera', receivers: 1, cores: 2, strained: false }
const SCREEN: Purpose = { ...CAMERA, slot: 'screen' }

it.each<[string, Abilities, Purpose, Codec[]]>([
  ['a camera, nothing told', { encodes: {}, decodes: [] }, CAMERA, ['VP8']],
  ['a camera on a small machine', SOFTWARE, CAMERA, ['VP8']],
  ['a camera for one, on a large machine', SOFTWARE, { ...CAMERA, cores: 8 }, ['AV1', 'VP8']],
  ['a camera for two, on a large machine', SOFTWARE, { ...CAMERA, cores: 8, receivers: 2 }, ['VP8']],
  ['a large machine that does not keep up', SOFTWARE, { ...CAMERA, cores: 8, strained: true }, ['VP8']],
  ['a camera with hardware', WITH_H264, { ...CAMERA, receivers: 5 }, ['H264', 'VP8']],
  ['a camera with more hardware', WITH_ALL, { ...CAMERA, receivers: 5 }, ['AV1', 'VP9', 'H264', 'VP8']],
  ['hardware that does not keep up', WITH_ALL, { ...CAMERA, strained: true }, ['AV1', 'VP9', 'H264', 'VP8']],
  ['a screen, nothing told', { encodes: {}, decodes: [] }, SCREEN, ['VP8']],
  ['a screen in software', SOFTWARE, { ...SCREEN, receivers: 3 }, ['AV1', 'VP9', 'VP8']],
  ['a screen without AV1', NO_AV1, SCREEN, ['VP9', 'VP8']],
  ['a screen for many', SOFTWARE, { ...SCREEN, receivers: 4 }, ['VP8']],
  ['a screen that is too much', SOFTWARE, { ...SCREEN, strained: true }, ['VP8']],
])('%s', (_, abilities, purpose, codecs) => {
  expect(ranked(abilities, purpose)).toEqual(codecs)
})

it('accepts what it can show, first what it would send itself', () => {
  expect(accepted(SOFTWARE, 'camera', 2)).toEqual(['VP8', 'AV1', 'VP9', 'H264'])
  expect(accepted(SOFTWARE, 'screen', 2)).toEqual(['AV1', 'VP9', 'VP8', 'H264'])
  expect(accepted(WITH_H264, 'camera', 2)).toEqual(['H264', 'VP8', 'AV1', 'VP9'])
  expect(accepted({ ...WITH_ALL, decodes: ['VP9', 'VP8'] }, 'camera', 2)).toEqual(['VP9', 'VP8'])
  expect(accepted({ ...SOFTWARE, decodes: [] }, 'screen', 2)).toEqual(['VP8'])
})

const constrained = 'level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f'

it.each([
  ['video/VP8', undefined, 'VP8'],
  ['video/VP9', 'profile-id=0', 'VP9'],
  ['video/VP9', 'profile-id=2', null],
  ['video/AV1', 'level-idx=5;profile=0;tier=0', 'AV1'],
  ['video/AV1', 'level-idx=5;profile=1;tier=0', null],
  ['video/H264', constrained, 'H264'],
  ['video/H264', constrained.replace('mode=1', 'mode=0'), null],
  ['video/H264', constrained.replace('42e0', '4d00'), null],
  ['video/rtx', undefined, null],
])('knows %s %s', (mimeType, sdpFmtpLine, codec) => {
  expect(codecOf({ mimeType, ...(sdpFmtpLine !== undefined && { sdpFmtpLine }) })).toBe(codec)
})

it('keeps what repairs losses, and the order of what is preferred', () => {
  const entry = (name: string) => ({ mimeType: `video/${name}`, clockRate: 90_000 })
  const has = ['VP8', 'rtx', 'H265', 'AV1', 'red', 'ulpfec', 'flexfec-03'].map(entry)
  const names = (accepts: Codec[]) => pictures(has, accepts).map(({ mimeType }) => mimeType.split('/')[1])
  expect(names(['AV1', 'VP9', 'VP8'])).toEqual(['AV1', 'VP8', 'rtx', 'red', 'ulpfec'])
  expect(names(['VP9'])).toEqual([])
})

it('sends in the best codec that both have, with the bits that one needs', () => {
  const codecs = new Codecs(SOFTWARE)
  const encoding = { active: true, maxBitrate: 1_000_000, scaleResolutionDownBy: 1, maxFramerate: 20 }
  const entry = (name: string) => ({ mimeType: `video/${name}`, clockRate: 90_000 })
  const screen = { slot: 'screen', receivers: 1, strained: false } as const
  const agreed = [entry('VP8'), entry('rtx'), entry('AV1')]
  expect(codecs.encoded(encoding, agreed, screen)).toEqual({ ...encoding, maxBitrate: 700_000, codec: entry('AV1') })
  expect(codecs.encoded(encoding, agreed, { ...screen, strained: true }).codec).toEqual(entry('VP8'))
  expect(codecs.encoded(encoding, [entry('VP8')], screen)).toEqual({ ...encoding, codec: entry('VP8') })
  expect(codecs.encoded(encoding, [], screen)).toEqual(encoding)
})
