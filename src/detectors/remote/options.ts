import { z } from 'zod'
import { remoteDetectors } from './index.ts'

const { moderation, ...others } = remoteDetectors

/** One endpoint of any kind, told apart by `kind`. */
const RemoteEndpoint = z.discriminatedUnion('kind', [
  moderation.options,
  ...Object.values(others).map(({ options }) => options),
])

const RemoteBreaker = z.strictObject({
  errorThresholdPercentage: z
    .number()
    .min(1)
    .max(100)
    .default(50)
    .describe('Share of failed questions in the rolling window that opens the circuit.'),
  volumeThreshold: z.int().min(1).default(5).describe('Questions in the window before the circuit may open.'),
  resetTimeoutMs: z
    .int()
    .min(100)
    .max(3_600_000)
    .default(10_000)
    .describe('How long the circuit stays open before one question tries the endpoint again.'),
  rollingWindowMs: z
    .int()
    .min(1_000)
    .max(3_600_000)
    .default(30_000)
    .describe('Length of the rolling window.'),
})

/**
 * Remote detectors (`detectors.remote` of the configuration): whom to ask about messages that inline detection is not
 * sure of, and within which limits. Without endpoints nobody is asked.
 */
export const RemoteDetectors = z
  .strictObject({
    endpoints: z
      .array(RemoteEndpoint)
      .max(8)
      .default([])
      .refine(
        (endpoints) => new Set(endpoints.map(({ name }) => name)).size === endpoints.length,
        'expected each name once; give endpoints of the same kind names of their own',
      )
      .describe(
        'Who is asked, all at once: one alert is an alert, and only all together can say clear. Each gets the text of the conversation. The kinds and their settings: docs/remote-detectors.md.',
      ),
    deadlineMs: z
      .int()
      .min(50)
      .max(10_000)
      .default(800)
      .describe(
        'How long an uncertain message waits for an opinion; then the uncertain one counts as an alert.',
      ),
    sampleRate: z
      .number()
      .min(0)
      .max(1)
      .default(0.01)
      .describe('Share of clear messages that are asked about too, to learn what inline detection misses.'),
    concurrency: z
      .int()
      .min(1)
      .max(1_000)
      .default(8)
      .describe('Questions under way to each endpoint; samples take at most half of them.'),
    ratePerSecond: z
      .int()
      .min(1)
      .max(1_000)
      .default(20)
      .describe('Questions to each endpoint in any one second; samples take at most half of them.'),
    maxMessages: z.int().min(1).max(50).default(10).describe('Most turns of a conversation that are sent.'),
    maxCharacters: z
      .int()
      .min(500)
      .max(100_000)
      .default(16_000)
      .describe(
        'Most characters that are sent. What a longer message says in between can raise an alert only inline.',
      ),
    breaker: RemoteBreaker.prefault({}).describe('Circuit breaker around each endpoint.'),
  })
  .describe(
    'Second opinions from services of your choice about messages that inline detection is not sure of.',
  )
export type RemoteDetectors = z.infer<typeof RemoteDetectors>
