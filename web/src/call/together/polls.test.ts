// @vitest-environment node
import { beforeEach, describe, expect, it } from 'vitest'
import { Page } from './fake_page'
import type { Poll } from './polls.svelte'

let ada: Page
let ben: Page
let cem: Page

const CAKE = { question: 'Which cake?', choices: ['Apple', 'Plum'], several: false, named: false }

beforeEach(() => {
  Page.all = []
  ada = new Page('ada', { role: 'cohost' })
  ben = new Page('ben')
  cem = new Page('cem')
})

function poll(page: Page): Poll {
  const [first] = page.together.polls.all
  if (!first) throw new Error('nothing was asked')
  return first
}

describe('polls', () => {
  it('count one vote for each person, live on every page, and a changed mind once', () => {
    ada.together.polls.ask(CAKE)
    expect(ben.said).toMatchObject([{ from: 'ada', name: 'ADA', text: 'Which cake?' }])
    ben.together.polls.vote(poll(ben), [0])
    cem.together.polls.vote(poll(cem), [0])
    ada.together.polls.vote(poll(ada), [1])
    expect(poll(cem)).toMatchObject({ counts: [2, 1], voted: 3, voters: null, mine: [0] })
    ben.together.polls.vote(poll(ben), [1])
    expect(poll(cem)).toMatchObject({ counts: [1, 2], voted: 3 })
    // The same person on another page.
    ben.me = { ...ben.me, session: 'another' }
    ben.together.polls.vote(poll(ben), [0])
    expect(poll(ada)).toMatchObject({ counts: [2, 1], voted: 3 })
  })

  it('are asked by hosts and co-hosts only, and answered in the way they were asked', () => {
    ben.together.polls.ask(CAKE)
    expect(ada.said).toEqual([])
    ada.together.polls.ask(CAKE)
    for (const choices of [[], [0, 1], [2], [-1], [0, 0]]) {
      expect(ben.together.polls.vote(poll(ben), choices)).toBe(false)
      ada.together.heard('ben', JSON.stringify({ v: 1, type: 'vote', id: poll(ada).id, choices }))
    }
    ada.together.heard('ben', JSON.stringify({ v: 1, type: 'vote', id: poll(ada).id, choices: 'both' }))
    expect(poll(ada).voted).toBe(0)
  })

  it('take several choices and show names, where that was asked', () => {
    ada.together.polls.ask({ ...CAKE, several: true, named: true })
    ben.together.polls.vote(poll(ben), [0, 1])
    cem.together.polls.vote(poll(cem), [1])
    expect(poll(ben)).toMatchObject({ counts: [1, 2], voted: 2, voters: [['BEN'], ['BEN', 'CEM']] })
  })

  it('are closed by who asked, and by nobody else', () => {
    ada.together.polls.ask(CAKE)
    ben.together.polls.end(poll(ben))
    expect(poll(ada).open).toBe(true)
    ada.together.polls.end(poll(ada))
    expect(poll(ben).open).toBe(false)
    expect(ben.together.polls.vote(poll(ben), [0])).toBe(false)
    ada.together.heard('ben', JSON.stringify({ v: 1, type: 'vote', id: poll(ada).id, choices: [0] }))
    expect(poll(ada).voted).toBe(0)
  })

  it('are shown to late comers as they stand, with who asked them or not at all', () => {
    ada.together.polls.ask(CAKE)
    ben.together.polls.vote(poll(ben), [1])
    const dunja = new Page('dunja')
    ada.together.met('dunja')
    expect(poll(dunja)).toMatchObject({ counts: [0, 1], open: true })
    ada.here = false
    dunja.together.follow()
    expect(poll(dunja)).toMatchObject({ counts: [0, 1], open: false })
  })

  it('get a vote again that was lost with the connection', () => {
    ada.together.polls.ask(CAKE)
    ben.together.polls.vote(poll(ben), [1])
    poll(ada).counts = [0, 0]
    ben.together.met('ada')
    expect(poll(ada)).toMatchObject({ counts: [0, 1], voted: 1 })
  })

  it('cannot be told by somebody else than who asked, nor grow without bound', () => {
    ada.together.polls.ask(CAKE)
    const { id } = poll(ada)
    const forged = { v: 1, type: 'poll', id, ...CAKE, open: false, counts: [9, 9], voters: null, voted: 9 }
    cem.me = { ...cem.me, role: 'host' }
    ben.together.heard('cem', JSON.stringify(forged))
    expect(poll(ben)).toMatchObject({ counts: [0, 0], open: true })
    for (let number = 0; number < 60; number++) {
      ben.together.heard('cem', JSON.stringify({ ...forged, id: `p${number}` }))
    }
    expect(ben.together.polls.all.length).toBeLessThanOrEqual(21)
  })

  it.each([
    ['one choice', { choices: ['Apple'], counts: [0] }],
    ['eleven choices', { choices: Array(11).fill('x'), counts: Array(11).fill(0) }],
    ['counts of other choices', { counts: [0, 0, 0] }],
    ['half a vote', { counts: [0.5, 0] }],
    ['no question', { question: ' ' }],
    ['an endless question', { question: 'x'.repeat(301) }],
    ['choices that are none', { choices: [{}, 'x'] }],
  ])('are none with %s', (_, change) => {
    const message = {
      v: 1,
      type: 'poll',
      id: 'k',
      ...CAKE,
      open: true,
      counts: [0, 0],
      voters: null,
      voted: 0,
      ...change,
    }
    ben.together.heard('ada', JSON.stringify(message))
    expect(ben.together.polls.all).toEqual([])
  })
})
