/**
 * How far sending to one person is stepped down, decided from what getStats says of it: pure, and fetched when the first
 * look is taken.
 */
import { UNDISTURBED, type Health, type Pace } from './adaptation'

/** Further down `adapt` does not go. */
export const MOST_STEPS = 4
const MOST_PATIENCE = 40
const BAD_BEFORE_STEP = 2
/** Good looks after which a step up counts as right. */
const PROVEN = 10

/** One look at the statistics. Two bad ones in a row step down; stepping up takes longer, and longer after a mistake. */
export function adapt(pace: Pace, health: Health, target: number): Pace {
  const starved = health.limitation === 'bandwidth' && health.available !== null && health.available < 0.7 * target
  const lossy = health.loss !== null && health.loss > 0.08
  const slow = health.limitation === 'cpu'
  if (slow || starved || lossy) return worse(pace, slow)
  if (health.loss !== null && health.loss > 0.03) return { ...pace, bad: 0, good: 0 }
  return better(pace)
}

function worse(pace: Pace, slow: boolean): Pace {
  const bad = pace.bad + 1
  if (bad < BAD_BEFORE_STEP || pace.step >= MOST_STEPS) return { ...pace, bad, good: 0 }
  // Trouble soon after a step up: it was one too many, and the next one is longer in coming.
  const patience = pace.raised ? Math.min(MOST_PATIENCE, pace.patience * 2) : pace.patience
  return { step: pace.step + 1, bad: 0, good: 0, patience, raised: false, strained: slow || pace.strained }
}

function better(pace: Pace): Pace {
  const good = pace.good + 1
  if (pace.step > 0 && good >= pace.patience) {
    const step = pace.step - 1
    return { ...pace, step, bad: 0, good: 0, raised: true, strained: pace.strained && step > 0 }
  }
  const proven = good >= PROVEN
  return {
    ...pace,
    bad: 0,
    good,
    raised: pace.raised && !proven,
    patience: proven && pace.step === 0 ? UNDISTURBED.patience : pace.patience,
  }
}
