import { z } from 'zod'

const DelayMs = z.number().int().min(0).max(600_000)

/** How the demo engine misbehaves. What is left out is off, so `PUT {}` makes it well again. */
export const Faults = z.strictObject({
  slow: z
    .union([
      z.literal(false),
      z.strictObject({ firstByteMs: DelayMs.default(0), perChunkMs: DelayMs.default(30) }),
    ])
    .default(false)
    .describe('Waits before the first byte (JSON replies too), and between streamed chunks.'),
  errors: z.number().min(0).max(1).default(0).describe('Share of requests answered with HTTP 500.'),
  errorSpread: z
    .enum(['random', 'even'])
    .default('random')
    .describe(
      'Which requests fail: by chance, or evenly, so that every run of requests has the share exactly.',
    ),
  deaf: z.boolean().default(false).describe('Never detects a crisis.'),
  harmful: z
    .union([z.boolean(), z.literal('mid-reply')])
    .default(false)
    .describe('Answers dismissively; `mid-reply`: begins as usual and goes wrong after that.'),
  down: z.boolean().default(false).describe('Closes every connection except those to the fault switches.'),
})
export type Faults = z.infer<typeof Faults>

export const noFaults: Faults = Faults.parse({})
