/** What the room needs once there is a picture: one file, fetched then or when somebody asks for some of it. */
import '../ui/more_icons'

export { default as MoreItems } from './MoreItems.svelte'
export { default as Notices } from './Notices.svelte'
export { default as Panels } from './Panels.svelte'
export { default as ReactRow } from './ReactRow.svelte'
