import { z } from 'zod'
import { SafetySeverity, Severity } from './severity.ts'

const IncidentRule = (severity: Severity, safety: SafetySeverity) =>
  z
    .strictObject({
      severity: Severity.default(severity).describe('Severity of the incident.'),
      safety: SafetySeverity.default(safety).describe('Its second axis.'),
    })
    .prefault({})
export type IncidentRule = z.output<ReturnType<typeof IncidentRule>>

/** What the plan says about disclosures and about replies that do harm (`plan` of the configuration). */
export const ReferralRules = {
  crisisEvents: z
    .strictObject({
      pageWithinMs: z
        .int()
        .min(1_000)
        .max(86_400_000)
        .default(300_000)
        .describe(
          'By when somebody clinical must have acknowledged a disclosure of a plan, of intent or of an attempt, in milliseconds.',
        ),
      overdue: IncidentRule('P1', 'high').describe('The incident when nobody has.'),
      undelivered: IncidentRule('P0', 'critical').describe(
        'The incident when a referral could not be delivered: the escalation system has failed.',
      ),
    })
    .prefault({})
    .describe('Disclosures of a crisis.'),
  harmfulReplies: z
    .strictObject({
      caught: IncidentRule('P1', 'high').describe(
        'A harmful reply that was withheld, or that went out with a note behind it.',
      ),
      released: IncidentRule('P0', 'critical').describe('A harmful reply that a person has read.'),
    })
    .prefault({})
    .describe('The incident that a harmful reply opens, one at a time for each kind and engine.'),
} as const

const isPrivate = ({ protocol, hostname }: URL) => protocol === 'https:' || loopback.test(hostname)
const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/

const WebhookSecret = z
  .string()
  .regex(
    /^whsec_[A-Za-z0-9+/]{32,88}={0,2}$/,
    'expected whsec_ and 24 to 64 bytes in base64: echo whsec_$(openssl rand -base64 32)',
  )

/** Where crisis events are delivered (`referrals` of the configuration). */
export const Referrals = z
  .strictObject({
    webhook: z
      .strictObject({
        url: z
          .url({ protocol: /^https?$/ })
          .refine((url) => !URL.canParse(url) || isPrivate(new URL(url)), {
            error: 'expected https://…: a crisis event goes unencrypted to this machine alone',
          })
          .describe('Receives each crisis event as a signed POST (Standard Webhooks).'),
        secret: WebhookSecret.describe(
          'Signs what is sent; keep it in the environment: "${REFERRAL_SECRET}".',
        ),
        previousSecret: WebhookSecret.optional().describe(
          'Signs beside `secret` while the receiver changes over to it.',
        ),
        timeoutMs: z
          .int()
          .min(100)
          .max(20_000)
          .default(10_000)
          .describe('How long the receiver may take to answer.'),
        giveUpAfterMs: z
          .int()
          .min(1_000)
          .max(7 * 86_400_000)
          .default(3_600_000)
          .describe(
            'How long a delivery is tried again. After that it has failed, which opens an incident of its own.',
          ),
      })
      .optional()
      .describe('Without it crisis events are kept and delivered to nobody.'),
  })
  .describe('How a disclosure reaches the team that can help. See docs/referrals.md.')
export type Referrals = z.output<typeof Referrals>
