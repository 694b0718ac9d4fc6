import { z } from 'zod'
import { CrisisCategory, CrisisLevel, HarmKind } from '../detectors/finding.ts'

/** What follows a disclosure, mildest first: nothing, the crisis lines where the reply has none, a written reply. */
export const CrisisAction = z.enum(['observe', 'support', 'intercept'])
export type CrisisAction = z.infer<typeof CrisisAction>

/** What follows a harmful reply, mildest first. */
export const ReplyAction = z.enum(['observe', 'annotate', 'withhold'])
export type ReplyAction = z.infer<typeof ReplyAction>

/** How much of a streamed reply waits for its verdict, least first. */
export const HoldBackMode = z.enum(['phrase', 'sentence', 'reply'])
export type HoldBackMode = z.infer<typeof HoldBackMode>

const CrisisPolicy = z
  .strictObject({
    default: CrisisAction.default('support').describe('For every disclosure that nothing below names.'),
    categories: z
      .partialRecord(CrisisCategory, CrisisAction)
      .default({})
      .transform((given) => ({ 'medical-emergency': 'intercept' as const, ...given }))
      .describe('By category. `medical-emergency` is `intercept` unless the file says otherwise.'),
    levels: z
      .partialRecord(CrisisLevel, CrisisAction)
      .default({})
      .transform((given) => ({ attempt: 'intercept' as const, ...given }))
      .describe('By level. `attempt` is `intercept` unless the file says otherwise.'),
  })
  .describe(
    'The side of the person. `support`: the engine answers, its reply is judged against the crisis, and the crisis lines of the region are added when it offers none. `intercept`: a written reply instead of the engine, the emergency number first. `observe`: nothing; only where `engines.primary.referralProtocol` says that the engine has one of its own. Where a category and a level both name an action, the more protective one counts.',
  )

const ReplyPolicy = z
  .strictObject({
    default: ReplyAction.default('withhold').describe('For every kind that nothing below names.'),
    kinds: z.partialRecord(HarmKind, ReplyAction).default({}).describe('By kind of harm.'),
  })
  .describe(
    'The side of the engine. `withhold`: the safe reply stands in place of what was not yet sent. `annotate`: the reply goes out with a written note behind it. `observe`: it goes out as it is, and is recorded.',
  )

/** What the gateway does about what it hears (`policy` of the configuration). */
export const safetyPolicyFields = {
  mode: z
    .enum(['enforce', 'observe'])
    .default('enforce')
    .describe(
      '`observe` changes no exchange and records what would have happened, for a first week beside a running service: see `haltgate observed`. The safety halt works in both.',
    ),
  crisis: z
    .preprocess((value) => (typeof value === 'string' ? { default: value } : value), CrisisPolicy)
    .prefault({}),
  harmfulReply: z
    .preprocess((value) => (typeof value === 'string' ? { default: value } : value), ReplyPolicy)
    .prefault({}),
  holdBack: z
    .enum(['by-risk', ...HoldBackMode.options])
    .default('by-risk')
    .describe(
      'How much of a streamed reply waits for its verdict. `phrase`: only what could still become a harmful phrase. `sentence`: whole sentences. `reply`: all of it. `by-risk`: `phrase`, `sentence` once a message was uncertain, `reply` after a disclosure.',
    ),
  maxHeldBytes: z
    .int()
    .min(1_024)
    .max(16_777_216)
    .default(262_144)
    .describe('Most bytes of one streamed reply that wait; more ends it with the safe reply.'),
  acknowledgeAfterMs: z
    .int()
    .min(100)
    .max(600_000)
    .default(3_000)
    .describe(
      'After a disclosure, when nothing of a streamed reply has gone out by then, a written acknowledgement does.',
    ),
  safeReplyAfterMs: z
    .int()
    .min(100)
    .max(600_000)
    .default(10_000)
    .describe('After a disclosure, when the reply has not been judged by then, the safe reply goes out.'),
  repeatLinesAfterMs: z
    .int()
    .min(0)
    .max(30 * 86_400_000)
    .default(86_400_000)
    .describe(
      'How long after the full crisis lines of a session one line is enough, unless its level rises.',
    ),
  onError: z
    .strictObject({
      message: z
        .enum(['alert', 'escalate', 'clear'])
        .default('alert')
        .describe("What a person's message counts as when it could not be judged."),
      reply: z
        .enum(['withhold', 'release'])
        .default('withhold')
        .describe('What becomes of a reply that could not be judged.'),
    })
    .prefault({})
    .describe('What a fault of the screening itself leads to.'),
} as const

export type SafetyPolicy = {
  [Field in keyof typeof safetyPolicyFields]: z.output<(typeof safetyPolicyFields)[Field]>
}

/** What to do about a disclosure: the more protective of what its category and its level ask for. */
export function crisisAction(
  policy: z.output<typeof CrisisPolicy>,
  category: CrisisCategory,
  level: CrisisLevel,
): CrisisAction {
  const named = [policy.categories[category], policy.levels[level]].filter((action) => action !== undefined)
  const order = CrisisAction.options
  return order.findLast((action) => named.includes(action)) ?? policy.default
}

export function replyAction(policy: z.output<typeof ReplyPolicy>, kind: HarmKind): ReplyAction {
  return policy.kinds[kind] ?? policy.default
}
