import type { UserReport } from '../detector.ts'
import { type CrisisFinding, CrisisLevel } from '../finding.ts'
import type { RemoteVerdict } from './screen.ts'

/**
 * What the inline report and the remote verdict are together. Nothing lowers an alert, nor anything that a critical rule
 * has found; the risk of the conversation is never lowered. `undefined`: nobody was asked.
 *
 * | inline \ remote | alert | clear | down | undefined |
 * |---|---|---|---|---|
 * | alert, or critical | alert | alert | alert | alert |
 * | escalate | alert | clear | **alert** | escalate |
 * | escalate, `bypass: language` | alert | clear | **alert** | escalate |
 * | clear, `bypass: language` | alert | clear | **escalate** | clear |
 * | clear, or `bypass: empty` | alert | clear | clear | clear |
 *
 * An alert of the remote adds its findings, the most acute first and inline before remote, and lifts score and risk to
 * theirs. A remote that has said anything has judged the text, so `bypass: language` ends with it. What this raises to an
 * alert is no repeat: a disclosure reported twice does less harm than one never reported.
 */
export function combine(inline: UserReport, remote: RemoteVerdict | undefined): UserReport {
  const isFixed = inline.outcome === 'alert' || inline.isCritical
  if (remote === undefined) return isFixed ? raised(inline) : inline
  switch (remote.kind) {
    case 'alert':
      return withFindings({ ...raised(inline), isOwn: true, bypass: judged(inline) }, remote.findings)
    case 'clear':
      if (isFixed) return raised(inline)
      return {
        ...inline,
        outcome: 'clear',
        bypass: judged(inline),
        findings: inline.findings.filter(isHistory),
      }
    case 'down':
      if (isFixed || inline.outcome === 'escalate') return raised(inline)
      return inline.bypass === 'language' ? { ...inline, outcome: 'escalate' } : inline
  }
}

function raised(inline: UserReport): UserReport {
  return inline.outcome === 'alert' ? inline : { ...inline, outcome: 'alert', isOwn: true, isRepeat: false }
}

function withFindings(report: UserReport, added: readonly CrisisFinding[]): UserReport {
  const scores = added.map(({ score }) => score)
  const findings = [...report.findings, ...added].sort((a, b) => acuteness(b) - acuteness(a))
  return {
    ...report,
    findings,
    score: Math.max(report.score, ...scores),
    risk: Math.max(report.risk, ...scores),
  }
}

function judged({ bypass }: UserReport): UserReport['bypass'] {
  return bypass === 'language' ? undefined : bypass
}

/** A report that is clear has none but these. */
function isHistory({ level }: CrisisFinding): boolean {
  return level === 'history'
}

function acuteness({ level }: CrisisFinding): number {
  return CrisisLevel.options.indexOf(level)
}
