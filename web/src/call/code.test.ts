import { describe, expect, it } from 'vitest'
import { readCode, readHostKey, readInvitation } from './code'

describe('readCode', () => {
  it.each([
    ['abc-defg-hjk', 'abc-defg-hjk'],
    ['ABC-DEFG-HJK', 'abc-defg-hjk'],
    ['abcdefghjk', 'abc-defg-hjk'],
    ['  abc defg hjk ', 'abc-defg-hjk'],
    ['abc – defg — hjk', 'abc-defg-hjk'],
    ['a-b-c-d-e-f-g-h-j-k', 'abc-defg-hjk'],
    ['oil-0000-xyz', '011-0000-xyz'],
    ['OIL-0000-XYZ', '011-0000-xyz'],
    ['abc\u00addefg\u200bhjk', 'abc-defg-hjk'],
    ['abc.defg.hjk.', 'abc-defg-hjk'],
    ['(abc-defg-hjk)', 'abc-defg-hjk'],
    ['012-3456-789', '012-3456-789'],
  ])('reads %j', (typed, code) => {
    expect(readCode(typed)).toBe(code)
  })

  it.each(['', 'abc', 'abc-defg-hjkm', 'uuu-uuuu-uuu', 'abc-defg-hj!', 'äbc-defg-hjk', 'a new meeting'])(
    'makes nothing of %j',
    (typed) => {
      expect(readCode(typed)).toBeNull()
    },
  )
})

describe('readInvitation', () => {
  it.each([
    ['abcdefghjk', '/m/abc-defg-hjk'],
    ['https://meet.example/m/abc-defg-hjk', '/m/abc-defg-hjk'],
    ['HTTPS://MEET.EXAMPLE/M/ABC-DEFG-HJK', '/m/abc-defg-hjk'],
    ['meet.example:8443/m/abcdefghjk/', '/m/abc-defg-hjk'],
    ['/m/abc-defg-hjk', '/m/abc-defg-hjk'],
    ['https://meet.example/m/abc%2Ddefg%2Dhjk?utm=mail', '/m/abc-defg-hjk'],
    ['https://meet.example/m/abc-defg-hjk#host=s3cret_Key-1', '/m/abc-defg-hjk#host=s3cret_Key-1'],
    ['https://meet.example/m/abc-defg-hjk#k=0123456789abcdefghij-_', '/m/abc-defg-hjk#k=0123456789abcdefghij-_'],
    ['Here: https://meet.example/m/abc-defg-hjk#k=0123456789abcdefghij-_.', '/m/abc-defg-hjk#k=0123456789abcdefghij-_'],
    [
      'https://meet.example/m/abc-defg-hjk#host=s3cret&k=0123456789abcdefghij-_',
      '/m/abc-defg-hjk#host=s3cret&k=0123456789abcdefghij-_',
    ],
    ['https://meet.example/m/abc-defg-hjk#k=cut-off', '/m/abc-defg-hjk'],
    ['https://meet.example/m/abc-defg-hjk?x=1#host=s3cret', '/m/abc-defg-hjk#host=s3cret'],
    ['https://meet.example/m/abc-defg-hjk#chat', '/m/abc-defg-hjk'],
    ['Join us: https://meet.example/m/abc-defg-hjk.', '/m/abc-defg-hjk'],
    ['Join <https://meet.example/m/abc-defg-hjk#host=s3cret>', '/m/abc-defg-hjk#host=s3cret'],
  ])('reads %j', (typed, path) => {
    expect(readInvitation(typed)).toBe(path)
  })

  it.each([
    '',
    'https://meet.example/',
    'https://meet.example/m/',
    'https://meet.example/m/%E0%A4%A',
    'hello everybody',
  ])('makes nothing of %j', (typed) => {
    expect(readInvitation(typed)).toBeNull()
  })
})

describe('readHostKey', () => {
  it.each([
    ['#host=s3cret_Key-1', 's3cret_Key-1'],
    ['#host=', null],
    ['#host=<script>', null],
    ['#chat', null],
    ['', null],
  ])('reads %j', (fragment, key) => {
    expect(readHostKey(fragment)).toBe(key)
  })
})
