import { crisis } from './crisis/crisis.ts'

/** All detectors by name: a line here makes one runnable, configurable and documented. */
export const detectors = { crisis } as const
