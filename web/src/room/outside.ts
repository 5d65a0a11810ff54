/** The pages of a meeting that few see before a first picture: at a closed door, and after one has left. */
import '../ui/more_icons'

export { default as Exit } from './Exit.svelte'
export { default as Lobby } from './Lobby.svelte'
export { default as ProblemPage } from './ProblemPage.svelte'
