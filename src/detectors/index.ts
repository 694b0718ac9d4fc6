import { crisis } from './crisis/crisis.ts'
import { harmfulReply } from './harmful-reply/harmful-reply.ts'

/** All detectors by name: a line here makes one runnable, configurable and documented. */
export const detectors = { crisis, 'harmful-reply': harmfulReply } as const
