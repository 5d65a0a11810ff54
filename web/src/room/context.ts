import { createContext } from 'svelte'
import type { CallModel } from '../call/model'
import type { RoomView } from './view.svelte'

/** The call that the components below belong to. */
export const [useCall, provideCall] = createContext<CallModel>()

/** What the person has opened and chosen in the room. */
export const [useView, provideView] = createContext<RoomView>()
