import type { Attachment } from 'svelte/attachments'
import { navigations } from '../router'

let arrived = false

/**
 * For the main heading of a page or of a stage of a page: when it replaces another one, it takes the focus, so that
 * keyboard and screen reader go on from there. The very first heading leaves the focus where the browser puts it.
 */
export const arrive: Attachment<HTMLElement> = (heading) => {
  heading.tabIndex = -1
  if (arrived || navigations() > 0) heading.focus({ preventScroll: true })
  arrived = true
}
