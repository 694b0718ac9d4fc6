import { z } from 'zod'
import type { CrisisAssessor } from '../detectors/crisis/assess.ts'
import type { HarmKind } from '../detectors/finding.ts'
import type { HarmfulReplyDetector } from '../detectors/harmful-reply/harmful-reply.ts'
import { personStateOf } from '../detectors/harmful-reply/person-state.ts'
import type { Judge } from './assess.ts'

const ReplyLine = z.object({
  id: z.union([z.string(), z.number()]).optional(),
  user: z.string().default(''),
  text: z.string(),
  /** What the person is in; without it the crisis detector reads `user`. */
  state: z.enum(['none', 'elevated', 'crisis']).optional(),
})

/** Judges replies: what the person is in is given, or read from what they wrote. */
export function replyJudge(assessor: CrisisAssessor, detector: HarmfulReplyDetector): Judge {
  const judged = (user: string, reply: string, given?: z.output<typeof ReplyLine>['state']) => {
    const state = given ?? (user === '' ? 'none' : personStateOf(assessor.assess(user).outcome))
    return { state, ...detector.assess({ state, user, reply }) }
  }
  return {
    judge(line) {
      const { id, user, text, state } = ReplyLine.parse(line)
      const startedMs = performance.now()
      const { harmful, kind, score } = judged(user, text, state)
      const micros = Math.round((performance.now() - startedMs) * 1000)
      return {
        ...(id === undefined ? {} : { id }),
        harmful,
        ...(kind === undefined ? {} : { kind }),
        score: Number(score.toFixed(4)),
        micros,
      }
    },
    explain(typed) {
      const [before, after] = split(typed)
      const { state, harmful, kind, score, findings } = judged(before, after)
      const parts = findings.flatMap(({ evidence }) =>
        evidence.map(({ start, end }) => after.slice(start, end)),
      )
      return [
        `${harmful ? `harmful  ${(score * 100).toFixed(1)} %  ${kind}` : `fine  ${(score * 100).toFixed(1)} %`}`,
        `the person: ${state}`,
        ...(parts.length === 0 ? [] : [`because of: ${parts.map((part) => `"${part.trim()}"`).join(', ')}`]),
        `what happens: ${consequence(harmful, kind)}`,
      ]
    },
  }
}

function consequence(harmful: boolean, kind: HarmKind | undefined): string {
  if (!harmful) return 'nothing'
  return kind === 'omission'
    ? 'after a disclosure, crisis lines are added to the reply'
    : 'the reply is withheld and the safe reply stands in its place'
}

/** "what the person wrote => the reply"; without an arrow all of it is the reply. */
function split(typed: string): [user: string, reply: string] {
  const at = typed.indexOf('=>')
  return at === -1 ? ['', typed] : [typed.slice(0, at).trim(), typed.slice(at + 2).trim()]
}
