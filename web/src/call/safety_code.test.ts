import { describe, expect, it } from 'vitest'
import { readCodeMessage, SafetyCode, type CodeMessage } from './safety_code'

const ADA = 'ab'.repeat(32)
const BEN = 'ba'.repeat(32)
const ATTACKER = 'cd'.repeat(32)

/** Both ends of one connection; `between` may change what is said on the way. */
function pair(between = (message: CodeMessage): CodeMessage | null => message): { ada: SafetyCode; ben: SafetyCode } {
  const nothing = () => undefined
  const carry = (to: () => SafetyCode) => (message: CodeMessage) => {
    const arrives = between(message)
    if (arrives) to().hear(arrives)
  }
  const ada: SafetyCode = new SafetyCode(
    true,
    'abc-defg-hjk',
    carry(() => ben),
    nothing,
  )
  const ben: SafetyCode = new SafetyCode(
    false,
    'abc-defg-hjk',
    carry(() => ada),
    nothing,
  )
  return { ada, ben }
}

async function settle(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 20))
}

async function compare(ada: SafetyCode, ben: SafetyCode, prints: [[string, string], [string, string]]): Promise<void> {
  ada.begin()
  await settle()
  await ada.between(...prints[0])
  await ben.between(...prints[1])
  await settle()
}

describe('the digits', () => {
  it('are the same at both ends, and others for another connection', async () => {
    const one = pair()
    await compare(one.ada, one.ben, [
      [ADA, BEN],
      [BEN, ADA],
    ])
    expect(one.ada.digits).toMatch(/^\d{3} \d{3} \d{3}$/)
    expect(one.ben.digits).toBe(one.ada.digits)
    const other = pair()
    await compare(other.ada, other.ben, [
      [ADA, BEN],
      [BEN, ADA],
    ])
    expect(other.ada.digits).not.toBe(one.ada.digits)
  })

  it('differ when each end is connected with somebody in between', async () => {
    const { ada, ben } = pair()
    await compare(ada, ben, [
      [ADA, ATTACKER],
      [BEN, ATTACKER],
    ])
    expect(ada.digits).not.toBeNull()
    expect(ada.digits).not.toBe(ben.digits)
  })

  it('do not come about when somebody does not keep to what they committed themselves to', async () => {
    const { ada, ben } = pair((message) =>
      'commit' in message
        ? { commit: message.commit.replace(/^./, (letter) => (letter === 'A' ? 'B' : 'A')) }
        : message,
    )
    await compare(ada, ben, [
      [ADA, BEN],
      [BEN, ADA],
    ])
    expect(ben.digits).toBeNull()
  })

  it('do not come about when what one says is said back', async () => {
    const ada: SafetyCode = new SafetyCode(
      true,
      'abc-defg-hjk',
      (message) => ada.hear(message),
      () => undefined,
    )
    ada.begin()
    await ada.between(ADA, BEN)
    await settle()
    expect(ada.digits).toBeNull()
  })
})

it.each([null, 'x', {}, { commit: 'short' }, { nonce: 7 }, { nonce: '0123456789abcdefghij-_0' }])(
  'is not read: %j',
  (raw) => {
    expect(readCodeMessage(raw)).toBeNull()
  },
)
