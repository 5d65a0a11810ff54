/** Puts a list under headings, in the order in which they first come up. */
export function underHeadings<Item>(items: readonly Item[], headingOf: (item: Item) => string): [string, Item[]][] {
  const found = new Map<string, Item[]>()
  for (const item of items) {
    const heading = headingOf(item)
    const there = found.get(heading)
    if (there) there.push(item)
    else found.set(heading, [item])
  }
  return [...found]
}
