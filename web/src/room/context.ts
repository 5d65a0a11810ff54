import { createContext } from 'svelte'
import type { CallModel, LocalMedia } from '../call/model'
import type * as Late from './late'
import type { Later } from './later.svelte'
import type { RoomView } from './view.svelte'

/** The call that the components below belong to. */
export const [useCall, provideCall] = createContext<CallModel>()

/** The person's own devices, in a call or while they are only tried. */
export const [useLocal, provideLocal] = createContext<LocalMedia>()

/** What the person has opened and chosen in the room. */
export const [useView, provideView] = createContext<RoomView>()

/** What of the room comes after the first picture. */
export const [useLate, provideLate] = createContext<Later<typeof Late>>()
