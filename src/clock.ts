/** Both clocks of a process, in milliseconds. A lease is measured by whichever ran further. */
export interface Clock {
  /** Never goes back; may stand still while the machine is suspended. */
  monotonicMs(): number
  /** Epoch time; may jump either way. */
  wallMs(): number
}

export const systemClock: Clock = {
  monotonicMs: () => performance.now(),
  wallMs: () => Date.now(),
}
