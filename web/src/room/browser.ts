/** Families whose settings are found in different places. */
export type Family = 'chromium' | 'firefox' | 'safari' | 'ios'

/** Tells the family for giving advice; never used to decide what the browser can do. */
export function browserFamily(agent: string, touchPoints: number): Family {
  // Every browser on iOS is Safari inside, and an iPad calls itself a Mac.
  if (/iPhone|iPad|iPod/u.test(agent) || (agent.includes('Macintosh') && touchPoints > 1)) return 'ios'
  if (agent.includes('Firefox/')) return 'firefox'
  if (/Chrome\/|Chromium\//u.test(agent)) return 'chromium'
  return agent.includes('Safari/') ? 'safari' : 'chromium'
}
