import type { Me } from '../api/types'
import { listDevices } from '../call/devices'
import { recallDevices, rememberDevices, type ChosenDevices } from '../call/memory'
import type { Device, DeviceKind } from '../call/model'

const KINDS: readonly DeviceKind[] = ['microphone', 'camera', 'speaker']

/** What of this browser's devices an account prefers; what it does not know of stays as it was chosen here. */
export function preferred(
  labels: Readonly<Record<DeviceKind, string>>,
  here: Readonly<Record<DeviceKind, readonly Device[]>>,
  chosen: ChosenDevices,
): ChosenDevices {
  const result = { ...chosen }
  for (const kind of KINDS) {
    const wanted = here[kind].find(({ label }) => label !== '' && label === labels[kind])
    if (wanted) result[kind] = wanted.id
  }
  return result
}

/** An account keeps devices by their names, a browser by ids of its own: from now on this one takes those that it knows. */
export async function useDevicesOf(me: Me): Promise<void> {
  rememberDevices(preferred(me.devices, await listDevices(), recallDevices()))
}
