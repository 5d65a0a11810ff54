/** The page about a meeting; of a series, about one of its dates. */
export function detailsOf(item: { code: string; occurrence: string | null }): string {
  const date = item.occurrence === null ? '' : `?on=${encodeURIComponent(item.occurrence)}`
  return `/meetings/${item.code}${date}`
}

/** The form that changes a meeting, or one date of a series. */
export function editingOf(code: string, occurrence: string | null = null): string {
  const date = occurrence === null ? '' : `&on=${encodeURIComponent(occurrence)}`
  return `/schedule?meeting=${code}${date}`
}
