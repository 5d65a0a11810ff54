/** Hands a file to the browser's downloads. */
export function saveFile(content: Blob, name: string): void {
  const address = URL.createObjectURL(content)
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  // Not at once: Safari reads it only after the click has been dealt with.
  setTimeout(() => URL.revokeObjectURL(address), 60_000)
}
