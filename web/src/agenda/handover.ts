/** What one page leaves for the next, in memory only. */
import type { Plan } from './plan'

let draft: Plan | null = null
let said: string | null = null

/** What somebody was planning when they went to another page: they find it when they come back. */
export function keepDraft(plan: Plan | null): void {
  draft = plan
}

export function takeDraft(): Plan | null {
  return draft
}

/** A sentence for the page that is shown next. */
export function sayNext(sentence: string): void {
  said = sentence
}

export function takeSaid(): string | null {
  const sentence = said
  said = null
  return sentence
}
