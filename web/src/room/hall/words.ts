import { countryOf } from '../../ui/country'

/** What is told of whoever runs a server. */
export interface Runner {
  operator: string
  /** ISO 3166, two letters. */
  country: string
}

/** Who runs a server and where, as far as that is known: `Example e.V., Germany`. */
export function operatorOf({ operator, country }: Runner): string {
  return [operator, countryOf(country)].filter((part) => part !== '').join(', ')
}
