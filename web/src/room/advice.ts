import type { DeviceKind, DeviceProblem, LocalMedia } from '../call/model'
import { m } from '../i18n/paraglide/messages.js'
import type { Family } from './browser'

/** What is wrong with the person's devices, and what they can do about it. */
export interface Advice {
  title: string
  text: string
}

type Capture = Exclude<DeviceKind, 'speaker'>

const BLOCKED: Record<Family, () => string> = {
  chromium: m.advice_blocked_chromium,
  firefox: m.advice_blocked_firefox,
  safari: m.advice_blocked_safari,
  ios: m.advice_blocked_ios,
}

const TITLES: Record<DeviceProblem, Record<Capture | 'both', () => string>> = {
  blocked: { both: m.advice_blocked_both, camera: m.advice_blocked_camera, microphone: m.advice_blocked_microphone },
  missing: { both: m.advice_missing_both, camera: m.advice_missing_camera, microphone: m.advice_missing_microphone },
  busy: { both: m.advice_busy_both, camera: m.advice_busy_camera, microphone: m.advice_busy_microphone },
  insecure: { both: m.advice_insecure, camera: m.advice_insecure, microphone: m.advice_insecure },
  failed: { both: m.advice_failed_both, camera: m.advice_failed_camera, microphone: m.advice_failed_microphone },
}

function text(problem: DeviceProblem, family: Family): string {
  switch (problem) {
    case 'blocked':
      return BLOCKED[family]()
    case 'missing':
      return m.advice_missing_text()
    case 'busy':
      return m.advice_busy_text()
    case 'insecure':
      return m.advice_insecure_text()
    case 'failed':
      return m.advice_failed_text()
  }
}

/** One piece of advice for each problem; camera and microphone share it when both have the same. */
export function advise(problems: LocalMedia['problems'], family: Family): Advice[] {
  const { camera, microphone } = problems
  if (camera && camera === microphone) return [{ title: TITLES[camera].both(), text: text(camera, family) }]
  const advice: Advice[] = []
  if (microphone) advice.push({ title: TITLES[microphone].microphone(), text: text(microphone, family) })
  if (camera) advice.push({ title: TITLES[camera].camera(), text: text(camera, family) })
  return advice
}
