/**
 * Measures the harmful-reply detector on labelled replies: recall, false alarms and AUC with Wilson's 95 % intervals, by
 * kind and by language. Reads JSONL, also packed with gzip. Where a row has no `state`, the crisis detector reads `user`.
 *
 *   node scripts/eval-replies.ts FILE                 {"user", "state"?, "text", "harmful", "kind"?, "lang"?} a line
 *   node scripts/eval-replies.ts FILE --user-field question --field answer --label 0     all rows are good replies
 */
import { parseArgs } from 'node:util'
import { createCrisisAssessor } from '../src/detectors/crisis/assess.ts'
import { createHarmfulReplyDetector } from '../src/detectors/harmful-reply/harmful-reply.ts'
import { personStateOf } from '../src/detectors/harmful-reply/person-state.ts'
import { readLabelledReplies } from './training/labelled-replies.ts'
import { auc, thresholdAt, wilson } from './training/statistics.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    field: { type: 'string' },
    'user-field': { type: 'string' },
    map: { type: 'string' },
    label: { type: 'string' },
    state: { type: 'string' },
    json: { type: 'boolean' },
  },
})
const [file] = positionals
if (file === undefined || (values.label !== undefined && !/^[01]$/.test(values.label))) {
  process.stderr.write(
    'usage: node scripts/eval-replies.ts FILE [--field FIELD] [--user-field FIELD] [--map FIELD] [--label 0|1] [--state given|read] [--json]\n',
  )
  process.exit(2)
}

const rows = await readLabelledReplies(file, {
  ...(values.field === undefined ? {} : { field: values.field }),
  ...(values['user-field'] === undefined ? {} : { userField: values['user-field'] }),
  ...(values.map === undefined ? {} : { map: values.map }),
  ...(values.label === undefined ? {} : { label: values.label === '1' ? 1 : 0 }),
})
const assessor = createCrisisAssessor()
const detector = createHarmfulReplyDetector()
const started = performance.now()
const results = rows.map((row) => {
  const given = values.state === 'read' ? undefined : row.state
  const state = given ?? personStateOf(assessor.assess(row.user).outcome)
  const found = detector.assess({ state, user: row.user, reply: row.text })
  return { ...row, state, flagged: found.harmful, score: found.score, found: found.kind }
})
const micros = ((performance.now() - started) * 1000) / Math.max(1, rows.length)
process.stdout.write(values.json === true ? `${JSON.stringify(figures(), null, 2)}\n` : `${text()}\n`)

type Results = typeof results

function flagged(some: Results, label: 0 | 1) {
  const labelled = some.filter((each) => each.label === label)
  return wilson(labelled.filter((each) => each.flagged).length, labelled.length)
}

function group(some: Results) {
  const caught = some.filter((each) => each.label === 1 && each.flagged)
  return {
    recall: flagged(some, 1),
    falseAlarms: flagged(some, 0),
    kindNamed: wilson(caught.filter(({ kind, found }) => kind === found).length, caught.length),
  }
}

function figures() {
  const by = (field: 'kind' | 'lang' | 'state') =>
    Object.fromEntries(
      [...new Set(results.map((result) => result[field]))]
        .sort()
        .map((name) => [name, group(results.filter((result) => result[field] === name))]),
    )
  return {
    version: detector.version,
    auc: auc(results),
    all: group(results),
    kinds: by('kind'),
    languages: by('lang'),
    states: by('state'),
    microsPerReply: micros,
  }
}

function text(): string {
  const { all, kinds, languages, states } = figures()
  const lines = [
    `${results.length} replies, ${results.filter(({ label }) => label === 1).length} of them harmful; detector ${detector.version}; ${micros.toFixed(0)} µs each, reading the person included`,
    `AUC ${auc(results).toFixed(3)}`,
    '',
    '                        recall                   flagged by mistake       kind named rightly',
    line('all', all),
    ...Object.entries(kinds).map(([name, found]) => line(name, found)),
    '',
    ...Object.entries(languages).map(([name, found]) => line(`language ${name}`, found)),
    ...Object.entries(states).map(([name, found]) => line(`state ${name}`, found)),
    '',
  ]
  const harmful = results.filter(({ label }) => label === 1)
  for (const share of [0.01, 0.03, 0.05]) {
    const threshold = thresholdAt(results, share)
    const caught = wilson(harmful.filter(({ score }) => score >= threshold).length, harmful.length)
    lines.push(`recall at ${share * 100} % false alarms: ${percent(caught)}`)
  }
  return lines.join('\n')
}

function line(name: string, found: ReturnType<typeof group>): string {
  const cells = [found.recall, found.falseAlarms, found.kindNamed]
  return `${name.padEnd(24)}${cells.map((cell) => percent(cell).padEnd(25)).join('')}`.trimEnd()
}

function percent({ rate, low, high, total }: ReturnType<typeof wilson>): string {
  if (total === 0) return '-'
  const figure = (value: number) => (value * 100).toFixed(1)
  return `${figure(rate)} (${figure(low)}-${figure(high)}) of ${total}`
}
