/**
 * Measures the crisis detector on labelled text: recall, false alarms and AUC with Wilson's 95 % intervals, by kind and
 * by language. Reads JSONL, also packed with gzip.
 *
 *   node scripts/eval.ts FILE                                  {"text" | "messages", "label", "kind"?, "lang"?} a line
 *   node scripts/eval.ts FILE --map SH                         the label is in the field SH; rows without it are left out
 *   node scripts/eval.ts FILE --field question --label 0       the text is in the field question, and all rows are benign
 */
import { parseArgs } from 'node:util'
import { createCrisisAssessor } from '../src/detectors/crisis/assess.ts'
import { assessMessages } from '../src/detectors/crisis/conversation.ts'
import type { Assessment } from '../src/detectors/finding.ts'
import { type Labelled, readLabelled } from './training/labelled.ts'
import { auc, thresholdAt, wilson } from './training/statistics.ts'

interface Result extends Labelled {
  outcome: Assessment
  score: number
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    map: { type: 'string' },
    field: { type: 'string' },
    label: { type: 'string' },
    json: { type: 'boolean' },
  },
})
const [file] = positionals
if (file === undefined || (values.label !== undefined && !/^[01]$/.test(values.label))) {
  process.stderr.write(
    'usage: node scripts/eval.ts FILE [--map FIELD] [--field FIELD] [--label 0|1] [--json]\n',
  )
  process.exit(2)
}

const rows = await readLabelled(file, {
  ...(values.field === undefined ? {} : { field: values.field }),
  ...(values.map === undefined ? {} : { map: values.map }),
  ...(values.label === undefined ? {} : { label: values.label === '1' ? 1 : 0 }),
})
const assessor = createCrisisAssessor()
const results: Result[] = rows.map((row) => ({ ...row, ...assessMessages(assessor, row.messages) }))
process.stdout.write(values.json === true ? `${JSON.stringify(figures(), null, 2)}\n` : `${text()}\n`)

function figures() {
  return {
    version: assessor.version,
    all: group(results),
    kinds: by('kind'),
    languages: by('lang'),
    auc: auc(results),
  }
}

function group(some: readonly Result[]) {
  const rate = (label: 0 | 1, outcomes: readonly Assessment[]) => {
    const labelled = some.filter((each) => each.label === label)
    return wilson(labelled.filter(({ outcome }) => outcomes.includes(outcome)).length, labelled.length)
  }
  return {
    recall: rate(1, ['alert']),
    falseAlarms: rate(0, ['alert']),
    recallEscalated: rate(1, ['alert', 'escalate']),
    falseEscalated: rate(0, ['alert', 'escalate']),
  }
}

function by(field: 'kind' | 'lang') {
  const names = [...new Set(results.map((result) => result[field]))].sort()
  return Object.fromEntries(
    names.map((name) => [name, group(results.filter((result) => result[field] === name))]),
  )
}

function text(): string {
  const { all, kinds, languages } = figures()
  const lines = [
    `${results.length} texts, ${results.filter(({ label }) => label === 1).length} of them crises; detector ${assessor.version}`,
    `AUC ${auc(results).toFixed(3)}`,
    '',
    '                        recall, alert            flagged, alert           recall, or escalate      flagged, or escalate',
    line('all', all),
    ...Object.entries(kinds).map(([name, found]) => line(name, found)),
    '',
    ...Object.entries(languages).map(([name, found]) => line(`language ${name}`, found)),
    '',
  ]
  for (const share of [0.02, 0.05, 0.1]) {
    const threshold = thresholdAt(results, share)
    const crises = results.filter(({ label }) => label === 1)
    const caught = wilson(crises.filter(({ score }) => score >= threshold).length, crises.length)
    lines.push(`recall at ${share * 100} % false alarms: ${percent(caught)}`)
  }
  return lines.join('\n')
}

function line(name: string, found: ReturnType<typeof group>): string {
  const cells = [found.recall, found.falseAlarms, found.recallEscalated, found.falseEscalated]
  return `${name.padEnd(24)}${cells.map((cell) => percent(cell).padEnd(25)).join('')}`.trimEnd()
}

function percent({ rate, low, high, total }: ReturnType<typeof wilson>): string {
  if (total === 0) return '-'
  const figure = (value: number) => (value * 100).toFixed(1)
  return `${figure(rate)} (${figure(low)}-${figure(high)}) of ${total}`
}
