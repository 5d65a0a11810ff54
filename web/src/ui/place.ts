const GAP = 8

interface Box {
  left: number
  top: number
  width: number
  height: number
}

/** Where a box of that size goes: above the trigger and centred on it, below where there is no room, inside the window. */
export function position(
  trigger: Box,
  size: { width: number; height: number },
  view: { width: number; height: number },
): { left: number; top: number } {
  const centred = trigger.left + trigger.width / 2 - size.width / 2
  const left = clamp(centred, GAP, view.width - size.width - GAP)
  const above = trigger.top - size.height - GAP
  const below = trigger.top + trigger.height + GAP
  const top = above >= GAP ? above : clamp(below, GAP, view.height - size.height - GAP)
  return { left, top }
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(value, high))
}

/** Puts a popover next to its trigger. Anchor positioning in CSS would do this, once every browser has it. */
export function placeAbove(box: HTMLElement, trigger: Element): void {
  const { left, top } = position(trigger.getBoundingClientRect(), box.getBoundingClientRect(), {
    width: document.documentElement.clientWidth,
    height: window.innerHeight,
  })
  box.style.left = `${left}px`
  box.style.top = `${top}px`
}
