import { describe, expect, it } from 'vitest'
import { ActiveSpeaker, Voice } from './levels'

function hear(voice: Voice, ...levels: number[]): boolean {
  return levels.map((level) => voice.hear(level)).at(-1) ?? false
}

function repeat(count: number, level: number): number[] {
  return Array.from({ length: count }, () => level)
}

describe('Voice', () => {
  it('needs more than a click to start, and more than a pause for breath to stop', () => {
    const voice = new Voice()
    expect(hear(voice, 0.5)).toBe(false)
    expect(hear(voice, 0)).toBe(false)
    expect(hear(voice, 0.1, 0.1)).toBe(true)
    expect(hear(voice, ...repeat(4, 0))).toBe(true)
    expect(hear(voice, 0.1, ...repeat(4, 0))).toBe(true)
    expect(hear(voice, ...repeat(5, 0))).toBe(false)
  })

  it('does not flicker between the two limits', () => {
    const voice = new Voice()
    expect(hear(voice, ...repeat(10, 0.012))).toBe(false)
    hear(voice, 0.1, 0.1)
    expect(hear(voice, ...repeat(10, 0.012))).toBe(true)
  })
})

describe('ActiveSpeaker', () => {
  function room(...ids: string[]) {
    const voices = new Map(ids.map((id) => [id, new Voice()]))
    const active = new ActiveSpeaker()
    return {
      voices,
      look: (levels: Record<string, number>, count = 1): string | null => {
        let front: string | null = null
        for (let index = 0; index < count; index++) {
          for (const [id, voice] of voices) voice.hear(levels[id] ?? 0)
          front = active.look([...voices])
        }
        return front
      },
    }
  }

  it('is nobody at first, then the first to speak, who stays in silence', () => {
    const { look } = room('a', 'b')
    expect(look({}, 5)).toBeNull()
    expect(look({ a: 0.1 }, 2)).toBe('a')
    expect(look({}, 50)).toBe('a')
  })

  it('follows the one who takes the word, not the one who coughs', () => {
    const { look } = room('a', 'b')
    look({ a: 0.1 }, 20)
    expect(look({ a: 0.1, b: 0.1 }, 10)).toBe('a')
    expect(look({ b: 0.1 }, 10)).toBe('b')
    expect(look({ a: 0.9 }, 1)).toBe('b')
    expect(look({}, 10)).toBe('b')
  })

  it('lets a much louder voice through', () => {
    const { look } = room('a', 'b')
    look({ a: 0.05 }, 20)
    expect(look({ a: 0.05, b: 0.3 }, 10)).toBe('b')
  })

  it('gives the place up when the person leaves', () => {
    const { look, voices } = room('a', 'b')
    look({ a: 0.1 }, 10)
    voices.delete('a')
    expect(look({})).toBeNull()
    expect(look({ b: 0.1 }, 2)).toBe('b')
  })
})
