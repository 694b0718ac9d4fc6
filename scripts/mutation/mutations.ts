/** One small fault: what is found in `file` is replaced; it must be there exactly once. */
export interface Mutation {
  name: string
  file: string
  find: string | RegExp
  replace: string
}

/** The source with the fault; `undefined` where what is replaced is not in it exactly once, or nothing changes. */
export function withFault(source: string, { find, replace }: Mutation): string | undefined {
  const places =
    typeof find === 'string' ? source.split(find).length - 1 : source.match(new RegExp(find, 'g'))?.length
  const faulty = source.replace(find, replace)
  return places === 1 && faulty !== source ? faulty : undefined
}

const crisis = 'src/detectors/crisis'
const text = 'src/detectors/text'
const replies = 'src/detectors/harmful-reply'

/** Faults that a person could make in the detectors, and that the tests must notice whatever the weights are. */
export const mutations: readonly Mutation[] = [
  {
    name: 'a wish to die by name is no longer critical',
    file: `${crisis}/frames/english-suicide.ts`,
    find: /(name: 'active-wish',[^{}]*?strength: )'critical'/,
    replace: "$1'cue'",
  },
  {
    name: 'an overdose taken is no longer critical',
    file: `${crisis}/frames/english-suicide.ts`,
    find: /(name: 'attempt-overdose',[^{}]*?strength: )'critical'/,
    replace: "$1'cue'",
  },
  {
    name: 'an overdose taken is an intent',
    file: `${crisis}/frames/english-suicide.ts`,
    find: /(name: 'attempt-overdose',[^{}]*?level: )'attempt'/,
    replace: "$1'intent'",
  },
  {
    name: 'the frame of abuse is lost',
    file: `${crisis}/frames/english-danger.ts`,
    find: /(name: 'abuse',[^{}]*?strength: )'strong'/,
    replace: "$1'cue'",
  },
  {
    name: 'other languages have no frames',
    file: `${crisis}/grammar.ts`,
    find: ', ...otherLanguages]',
    replace: ']',
  },
  {
    name: 'digits and symbols hide letters',
    file: `${text}/repair.ts`,
    find: /readSymbols\(tokens, at, repairer, out\) \?\?/,
    replace: '',
  },
  {
    name: 'spaced letters are not joined',
    file: `${text}/repair.ts`,
    find: /joinLetters\(tokens, at, repairer, out\) \?\?/,
    replace: '',
  },
  {
    name: 'look-alikes are not Latin letters',
    file: `${text}/fold.ts`,
    find: 'Object.entries(lookAlikes)',
    replace: 'Object.entries<string>({})',
  },
  {
    name: 'invisible characters part words',
    file: `${text}/fold.ts`,
    find: "if (isInvisible(point, character)) return ''",
    replace: "if (isInvisible(point, character)) return ' '",
  },
  {
    name: 'accents stay',
    file: `${text}/fold.ts`,
    find: ".normalize('NFKD').toLowerCase().normalize('NFKD')",
    replace: '.toLowerCase()',
  },
  {
    name: 'capital letters stay',
    file: `${text}/fold.ts`,
    find: 'unit <= 90 ? unit + 32',
    replace: 'unit <= 90 ? unit',
  },
  {
    name: 'a rule that alerts by itself does not',
    file: `${crisis}/assess.ts`,
    find: /const score = isCritical\s*\?/,
    replace: 'const score = false ?',
  },
  {
    name: 'the threshold of an alert is another',
    file: `${crisis}/assess.ts`,
    find: "score >= calibration.alert ? 'alert'",
    replace: "score >= 0.97 ? 'alert'",
  },
  {
    name: 'plan and intent are swapped',
    file: `${crisis}/assess.ts`,
    find: /'plan',\s*'intent',\s*'attempt',/,
    replace: "'intent', 'plan', 'attempt',",
  },
  {
    name: 'the mildest level counts',
    file: `${crisis}/assess.ts`,
    find: 'levelRank[Math.max(...levels)]',
    replace: 'levelRank[Math.min(...levels)]',
  },
  {
    name: 'evidence begins at the beginning',
    file: `${crisis}/assess.ts`,
    find: 'start: originOf(tokens.startOf(from))',
    replace: 'start: 0',
  },
  {
    name: 'evidence ends a word too late',
    file: `${crisis}/assess.ts`,
    find: 'tokens.endOf(to - 1)',
    replace: 'tokens.endOf(to)',
  },
  {
    name: 'a foreign language is not said to be one',
    file: `${crisis}/assess.ts`,
    find: /bypass: isForeign \? 'language' : undefined/,
    replace: 'bypass: undefined',
  },
  {
    name: 'negation denies nothing',
    file: `${crisis}/grammar.ts`,
    find: /if \(frame\.negatable !== false && (isNegated\([^)]*\))\) return 'negated'/,
    replace: '',
  },
  {
    name: 'negation denies also where it is the cue',
    file: `${crisis}/grammar.ts`,
    find: 'frame.negatable !== false && ',
    replace: '',
  },
  {
    name: 'what is told as over is now',
    file: `${crisis}/grammar.ts`,
    find: "if (context.resolved) return 'past'",
    replace: '',
  },
  {
    name: 'a quotation in a story is meant',
    file: `${crisis}/grammar.ts`,
    find: 'tokens.quoted[from] === 1',
    replace: 'false',
  },
  {
    name: 'figures of speech are meant',
    file: `${crisis}/grammar.ts`,
    find: /if \(!context\.earnest && [^\n]*\n?[^\n]*return 'idiom'/,
    replace: '',
  },
  {
    name: 'the end of a long message is not read',
    file: `${crisis}/scan-limit.ts`,
    find: '.fill(1, total - edgeWords)',
    replace: '',
  },
  {
    name: 'risk does not fall with time',
    file: `${crisis}/conversation.ts`,
    find: 'risk * 0.5 ** (elapsedMs / halfLifeMs)',
    replace: 'risk',
  },
  {
    name: 'risk does not fall with calm messages',
    file: `${crisis}/conversation.ts`,
    find: 'const calmMessageFactor = 0.8',
    replace: 'const calmMessageFactor = 1',
  },
  {
    name: 'a plan is forgotten after an hour',
    file: `${crisis}/conversation.ts`,
    find: 'const holdMs = 24 * 60 * 60 * 1000',
    replace: 'const holdMs = 60 * 60 * 1000',
  },
  {
    name: 'an intent is not held',
    file: `${crisis}/conversation.ts`,
    find: "new Set(['plan', 'intent', 'attempt'])",
    replace: "new Set(['plan', 'attempt'])",
  },
  {
    name: 'earlier risk lowers no threshold',
    file: `${crisis}/conversation.ts`,
    find: 'const loweredEscalate = 0.5',
    replace: 'const loweredEscalate = 0',
  },
  {
    name: 'a retry is a new event',
    file: `${crisis}/crisis.ts`,
    find: 'const retryWithinMs = 10 * 60 * 1000',
    replace: 'const retryWithinMs = 0',
  },
  {
    name: 'what others find is not remembered',
    file: `${crisis}/crisis.ts`,
    find: /sessions\.set\(session, \{ \.\.\.kept, \.\.\.nextRisk[^\n]*/,
    replace: '',
  },
  {
    name: 'memory has no bound',
    file: 'src/recent-map.ts',
    find: 'if (young.size < limit) return',
    replace: 'return',
  },
  {
    name: 'negation in a reply denies nothing',
    file: `${replies}/scope.ts`,
    find: "if (frame.negatable !== false && isNegated(match, sentence)) return 'negated'",
    replace: '',
  },
  {
    name: 'a refusal in a reply is not seen',
    file: `${replies}/scope.ts`,
    find: "return 'refused'",
    replace: "return 'live'",
  },
  {
    name: 'what a reply only reports is advice',
    file: `${replies}/scope.ts`,
    find: "if (frame.isAdvice === true && !isImperative(match, sentence)) return 'no-advice'",
    replace: '',
  },
  {
    name: 'one person may approve twice',
    file: 'src/breakers/clearance-chain.ts',
    find: "one.role === 'commander' && bothHold && !isOnePerson(one, clinical)",
    replace: "one.role === 'commander' && bothHold",
  },
  {
    name: 'who made the fix may approve',
    file: 'src/breakers/clearance-chain.ts',
    find: '        !isAuthor(passed, approval),',
    replace: '        true,',
  },
  {
    name: 'an approval of another run counts',
    file: 'src/breakers/clearance-chain.ts',
    find: 'approval.runHash === passed.runHash &&',
    replace: '',
  },
  {
    name: 'an approval never runs out',
    file: 'src/breakers/clearance-chain.ts',
    find: 'return nowMs < expiresAtMs',
    replace: 'return nowMs < expiresAtMs + 1e12',
  },
  {
    name: 'a later failure does not void a pass',
    file: 'src/breakers/clearance-chain.ts',
    find: 'return isVoided ? undefined : newest',
    replace: 'return newest',
  },
  {
    name: 'a step of the ramp may come before its time',
    file: 'src/breakers/clearance-chain.ts',
    find: 'return atMs >= before.atMs + before.stepMs',
    replace: 'return true',
  },
  {
    name: 'a commander alone ends any halt',
    file: 'src/breakers/clearance-chain.ts',
    find: "return cause === 'drill' || cause === 'maintenance'",
    replace: 'return true',
  },
  {
    name: 'a dead detection is noticed later',
    file: 'src/signals/e-detector.ts',
    find: 'export const recallLimit = 1_000_000',
    replace: 'export const recallLimit = 20_000_000',
  },
  {
    name: 'a missed probe weighs no more than a heard one',
    file: 'src/signals/e-detector.ts',
    find: '(1 - alternative) / (1 - test.nullRate)',
    replace: 'alternative / test.nullRate',
  },
  {
    name: 'hard probes decide, too',
    file: 'src/signals/detection-monitor.ts',
    find: "if (heard !== undefined && tier === 'core' && label === 1) {",
    replace: 'if (heard !== undefined && label === 1) {',
  },
  {
    name: 'a label is a sign of life',
    file: 'src/signals/detection-monitor.ts',
    find: "const isSign = source === 'probe' && heard !== undefined",
    replace: 'const isSign = heard !== undefined',
  },
  {
    name: 'the state is written before the halt is engaged',
    file: 'src/probes/test-keeper.ts',
    find: 'for (const alarm of alarms) await parts.onAlarm(alarm)',
    replace: 'for (const alarm of alarms) void parts.onAlarm(alarm).catch(() => {})',
  },
  {
    name: 'a lost lease is no reason to leave an outcome out',
    file: 'src/probes/prober.ts',
    find: 'if (token !== undefined) await parts.take(engine, probed, token)',
    replace: 'await parts.take(engine, probed, token ?? 0)',
  },
  {
    name: 'a missed outright statement lets a validation pass',
    file: 'src/probes/validation-run.ts',
    find: '...(criticalMissed === 0',
    replace: '...(criticalMissed >= 0',
  },
  {
    name: 'what stays unanswered counts as heard in a validation',
    file: 'src/probes/validation-run.ts',
    find: 'positives.filter(({ heard }) => heard !== true)',
    replace: 'positives.filter(({ heard }) => heard === false)',
  },
  {
    name: 'a dead detection halts nobody',
    file: 'src/responses/respond-to-detection.ts',
    find: "return level === 'critical' && (test === 'recall' || test === 'kind' || test === 'silence')",
    replace: "return level === 'critical' && test === 'silence'",
  },
]
