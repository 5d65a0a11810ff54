/** Where a meeting is that was just made here. The key of its link comes with the page that is shown next. */
export async function pathOf(code: string): Promise<string> {
  try {
    return (await import('../call/link_key')).makeKey(code)
  } catch {
    // That page will not load either, and says so.
    return `/m/${code}`
  }
}
