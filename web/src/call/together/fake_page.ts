import type { Participant } from '../../api/types'
import { aPerson } from '../../room/testing/fake.svelte'
import type { NewMessage } from '../chat'
import { FakePipe } from './fake_pipe'
import type { SharedFile } from './files.svelte'
import { Together } from './together'

/** A page without a network: what one says the others hear, and channels are pipes. */
export class Page {
  static all: Page[] = []
  readonly said: NewMessage[] = []
  readonly saved: [Blob, string][] = []
  readonly pipes: FakePipe[] = []
  readonly told: string[] = []
  here = true
  /** Hears nothing: a page that is too old, or busy. */
  deaf = false
  me: Participant
  readonly together: Together

  constructor(id: string, more: Partial<Participant> = {}) {
    this.me = aPerson(id, id.toUpperCase(), more)
    this.together = new Together({
      others: () => Page.all.filter((page) => page !== this && page.here).map(({ me }) => me.id),
      send: (message, to = null) => {
        const receivers = this.others().filter(({ me }) => to === null || me.id === to)
        for (const page of receivers) if (!page.deaf) page.together.heard(id, JSON.stringify({ v: 1, ...message }))
        return receivers.length
      },
      channel: (to) => {
        const other = this.others().find(({ me }) => me.id === to)
        if (!other) return null
        const [mine, theirs] = FakePipe.pair()
        this.pipes.push(mine)
        other.together.files.asked(id, theirs as unknown as RTCDataChannel)
        return mine as unknown as RTCDataChannel
      },
      me: () => this.me,
      person: (who) => Page.all.find(({ me, here }) => here && me.id === who)?.me ?? null,
      say: (message) => this.said.push(message),
      tell: (news) => this.told.push(news.kind),
    })
    Page.all.push(this)
  }

  others(): Page[] {
    return Page.all.filter((page) => page !== this && page.here && this.here)
  }

  get only(): SharedFile {
    const [file] = this.together.files.all
    if (!file) throw new Error('no file')
    return file
  }

  fetch(): Promise<void> {
    return this.together.files.accept(this.only, (whole, name) => this.saved.push([whole, name]))
  }
}
