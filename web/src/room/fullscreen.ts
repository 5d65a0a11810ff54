/** Whether this browser can fill the screen with a page; an iPhone cannot. */
export function canFillScreen(): boolean {
  return document.fullscreenEnabled
}

/** Fills the screen with the page, or gives it back. The whole page, so that dialogs stay in sight. */
export async function toggleFullScreen(): Promise<void> {
  try {
    if (document.fullscreenElement) await document.exitFullscreen()
    else await document.documentElement.requestFullscreen()
  } catch {
    // Refused by the browser or the system; the page is as usable as before.
  }
}
