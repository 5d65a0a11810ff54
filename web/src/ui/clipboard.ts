/** Puts text on the clipboard; false where the browser does not let us. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return false
  }
}

/**
 * The same for text that has yet to be fetched. Safari lets a page write only while it answers a press: it is promised
 * the text then, and given it later.
 */
export async function copyLater(text: Promise<string>): Promise<boolean> {
  if (typeof ClipboardItem === 'undefined') return copyText(await text)
  try {
    const blob = text.then((found) => new Blob([found], { type: 'text/plain' }))
    await navigator.clipboard.write([new ClipboardItem({ 'text/plain': blob })])
    return true
  } catch {
    return copyText(await text)
  }
}
