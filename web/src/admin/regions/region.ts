/** Settings of a country or region between the API and the form; without any markup. */
import type { RegionView } from '../../api/types'

type Unit = RegionView['ads']['units'][number]

export const NETWORKS = [
  ['', '–'],
  ['admob', 'AdMob'],
  ['applovin', 'AppLovin MAX'],
  ['unity', 'Unity Ads'],
  ['ironsource', 'ironSource'],
  ['meta', 'Meta Audience Network'],
] as const

/** One unit a line: type, platform, id. */
export function unitLines(units: readonly Unit[]): string {
  return units.map(({ type, platform, unit_id }) => `${type} ${platform} ${unit_id}`).join('\n')
}

/** The other way; what is wrong with a line the server says. */
export function unitsOf(text: string): Unit[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => {
      const [type = '', platform = '', unit_id = ''] = line.split(/\s+/u)
      return { type, platform, unit_id } as Unit
    })
}

export function filled(text: string): string | null {
  return text.trim() === '' ? null : text.trim()
}
