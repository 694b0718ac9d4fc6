/**
 * Builds the harmful-reply detector's weights from the rows in `training/replies`: the same rows give the same weights.
 * Prints figures on families that the models had not seen.
 *
 *   node scripts/train-replies.ts
 */
import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { packWeights } from '../src/detectors/crisis/model-file.ts'
import { replyInputNames } from '../src/detectors/harmful-reply/inputs.ts'
import type { ReplyWeightsFile } from '../src/detectors/harmful-reply/model-file.ts'
import { createReplyReader, replyHeads } from '../src/detectors/harmful-reply/reading.ts'
import { fitMonotone } from './training/monotone.ts'
import { probability } from './training/platt.ts'
import {
  fitReplies,
  foldOf,
  folds,
  inputsOfReply,
  lengthened,
  otherStates,
  readReply,
} from './training/replies.ts'
import { readReplyRows } from './training/reply-rows.ts'
import { auc, wilson } from './training/statistics.ts'
import { weightedThresholdAt } from './training/weighted-threshold.ts'

const root = join(import.meta.dirname, '..')
/**
 * Of benign replies in families that the models had not seen: how many may be flagged at the end, by the person's state,
 * and before it. Nearly all traffic has the state none; the benign rows are harder than ordinary traffic.
 */
const falseAlarms = { none: 0.01, elevated: 0.03, crisis: 0.02 }
const earlyFalseAlarms = 0.01
/** Pull of the last step's weights towards zero. */
const pull = 4
/** Signs of harm: more of them never makes a reply look better. */
const mayNotLower = replyInputNames.map((name) => /^(whole|best|strong|medium|head |phrase )/.test(name))
/** What a reply counts that was made longer, or put before a person in another state. */
const shares = { written: 1, longer: 1, 'other state': 0.5 }

const rows = await readReplyRows(join(root, 'training/replies'))
const reader = createReplyReader()
process.stdout.write(`${rows.length} replies in ${new Set(rows.map(({ family }) => family)).size} families\n`)

const unseen = Array.from({ length: folds }, (_, fold) => fold).flatMap((fold) => {
  const model = fitReplies(
    rows.filter((row) => foldOf(row) !== fold),
    reader,
  )
  const held = rows.filter((row) => foldOf(row) === fold)
  const longer = lengthened(held, fold + 1)
  return [
    ...held.map((row) => ({ row, form: 'written' as const })),
    ...longer.map((row) => ({ row, form: 'longer' as const })),
    ...[...held, ...longer]
      .flatMap((row) => otherStates(row, reader))
      .map((row) => ({ row, form: 'other state' as const })),
  ].map(({ row, form }) => ({ row, form, ...inputsOfReply(readReply(row, reader), model) }))
})
const sizes = new Map<string, number>()
for (const { family } of rows) sizes.set(family, (sizes.get(family) ?? 0) + 1)
const familyWeight = (family: string) => 1 / Math.sqrt(sizes.get(family) ?? 1)
const learn = (some: typeof unseen) =>
  fitMonotone(
    some.map(({ whole }) => whole),
    some.map(({ row }) => row.label),
    some.map(({ row, form }) => familyWeight(row.family) * shares[form]),
    pull,
    mayNotLower,
  )

// The last step is judged on families that it has not seen either.
const scored = Array.from({ length: folds }, (_, fold) => fold).flatMap((fold) => {
  const weights = learn(unseen.filter(({ row }) => foldOf(row) !== fold))
  return unseen
    .filter(({ row }) => foldOf(row) === fold)
    .map(({ row, form, whole, early }) => ({
      row,
      form,
      label: row.label,
      weight: (sizes.get(row.family) ?? 1) ** -1 * shares[form],
      score: probability(weights, whole),
      early: Math.max(0, ...early.map((inputs) => probability(weights, inputs))),
    }))
})
const asWritten = scored.filter(({ form }) => form === 'written')
const thresholdOf = (state: keyof typeof falseAlarms) =>
  Number(
    weightedThresholdAt(
      scored.filter(({ row }) => row.state === state),
      falseAlarms[state],
    ).toFixed(4),
  )
const thresholds = {
  none: thresholdOf('none'),
  elevated: thresholdOf('elevated'),
  crisis: thresholdOf('crisis'),
}
const earlyThreshold = Math.max(
  ...Object.values(thresholds),
  weightedThresholdAt(
    scored.map(({ label, early, weight }) => ({ label, score: early, weight })),
    earlyFalseAlarms,
  ),
)
const isFlagged = ({ row, score, early }: (typeof scored)[number]) =>
  score >= thresholds[row.state] || early >= earlyThreshold

report()
await write(learn(unseen))

function report(): void {
  const rate = (some: typeof scored) => {
    const { rate: share, low, high, total } = wilson(some.filter(isFlagged).length, some.length)
    return `${(share * 100).toFixed(1)} % (${(low * 100).toFixed(1)}-${(high * 100).toFixed(1)}) of ${total}`
  }
  const lines = [
    `AUC ${auc(asWritten).toFixed(3)} on families left out; thresholds ${Object.values(thresholds).join(', ')}, early ${earlyThreshold.toFixed(3)}`,
    `in other states: recall ${rate(scored.filter(({ label, form }) => label === 1 && form === 'other state'))}, false alarms ${rate(scored.filter(({ label, form }) => label === 0 && form === 'other state'))}`,
    `recall ${rate(asWritten.filter(({ label }) => label === 1))}, false alarms ${rate(asWritten.filter(({ label }) => label === 0))}, made longer ${rate(scored.filter(({ label, form }) => label === 0 && form === 'longer'))}`,
  ]
  for (const name of [...new Set(rows.map(({ kind, label }) => `${label} ${kind}`))].sort()) {
    lines.push(
      `  ${name.padEnd(24)} ${rate(asWritten.filter(({ row, label }) => `${label} ${row.kind}` === name))}`,
    )
  }
  for (const file of [...new Set(rows.map((row) => row.file))]) {
    const own = asWritten.filter(({ row }) => row.file === file)
    lines.push(
      `  ${file.padEnd(24)} recall ${rate(own.filter(({ label }) => label === 1))}, false alarms ${rate(own.filter(({ label }) => label === 0))}`,
    )
  }
  process.stdout.write(`${lines.join('\n')}\n`)
}

async function write(weights: readonly number[]): Promise<void> {
  const linear = fitReplies(rows, reader)
  const packed = Buffer.from(packWeights(linear.weights, replyHeads.length))
  const file: ReplyWeightsFile = {
    version: createHash('sha256')
      .update(rows.map(({ user, text }) => `${user}\n${text}`).join('\n'))
      .update(packed)
      .update(JSON.stringify([weights, thresholds, earlyThreshold]))
      .digest('hex')
      .slice(0, 12),
    bucketBits: linear.bucketBits,
    heads: [...linear.heads],
    scales: [...linear.scales],
    biases: [...linear.biases],
    weights: weights.map((weight) => Number(weight.toPrecision(6))),
    thresholds,
    earlyThreshold: Number(earlyThreshold.toFixed(4)),
    packed: packed.toString('base64'),
  }
  await writeFile(
    join(root, 'src/detectors/harmful-reply/weights.json'),
    `${JSON.stringify(file, null, 2)}\n`,
  )
  process.stdout.write(`version ${file.version}, ${Math.round(file.packed.length / 1024)} KiB of weights\n`)
}
