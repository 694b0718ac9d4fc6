/**
 * Builds the crisis detector's weights from the text in `training/crisis`: the same text gives the same weights.
 * Prints figures on families, or with `--by-file` on whole files, that the models had not seen.
 *
 *   node scripts/train.ts [--by-file]
 */
import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { packWeights, type WeightsFile } from '../src/detectors/crisis/model-file.ts'
import { crossValidate, familyFold, fitOptions, fitRows } from './training/cross-validate.ts'
import { calibrationCurve, drawCurve } from './training/curve.ts'
import { createReader, heads, textOf } from './training/examples.ts'
import { fitLogistic, probability } from './training/platt.ts'
import { type Row, readRows } from './training/rows.ts'
import { auc, thresholdAt, thresholdByGroup, wilson } from './training/statistics.ts'

const root = join(import.meta.dirname, '..')
const byFile = process.argv.includes('--by-file')
/**
 * Of benign rows that the models had not seen: how many may alert, and how many may be uncertain or worse. Every kind
 * counts the same, so that more rows of an easy kind do not make the detector more alarmed by the hard ones.
 */
const alertFalseAlarms = 0.14
const escalateFalseAlarms = 0.36

const rows = await readRows(join(root, 'training/crisis'))
const reader = createReader(fitOptions.bucketBits)
process.stdout.write(`${rows.length} rows in ${new Set(rows.map(({ family }) => family)).size} families\n`)

const unseen = crossValidate(rows, reader, byFile ? ({ file }) => file : familyFold, (fold, count) => {
  process.stdout.write(`fold ${fold}: ${count} rows left out\n`)
})
const familySizes = new Map<string, number>()
for (const { family } of rows) familySizes.set(family, (familySizes.get(family) ?? 0) + 1)
const calibrationWeights = fitLogistic(
  unseen.map(({ inputs }) => inputs),
  unseen.map(({ row }) => row.label),
  unseen.map(({ row }) => 1 / Math.sqrt(familySizes.get(row.family) ?? 1)),
)
const scored = unseen
  .filter(({ isBuried }) => !isBuried)
  .map(({ row, inputs }) => ({ row, label: row.label, score: probability(calibrationWeights, inputs) }))
const kindOf = ({ row }: { row: Row }) => row.kind
const alert = thresholdByGroup(scored, kindOf, alertFalseAlarms)
const escalate = thresholdByGroup(scored, kindOf, escalateFalseAlarms)
report()
if (!byFile) await write()

function report(): void {
  const rate = (label: 0 | 1, from: number, of: (row: Row) => boolean = () => true) => {
    const group = scored.filter((each) => each.label === label && of(each.row))
    return wilson(group.filter(({ score }) => score >= from).length, group.length)
  }
  const percent = (value: number) => `${(value * 100).toFixed(1)} %`
  const lines = [
    `AUC ${auc(scored).toFixed(3)} on rows whose ${byFile ? 'file' : 'family'} was left out`,
    `alert    >= ${alert.toFixed(3)}: recall ${percent(rate(1, alert).rate)}, false alarms ${percent(rate(0, alert).rate)}`,
    `escalate >= ${escalate.toFixed(3)}: recall ${percent(rate(1, escalate).rate)}, false alarms ${percent(rate(0, escalate).rate)}`,
    ...[0.02, 0.05, 0.1].map((share) => {
      const threshold = thresholdAt(scored, share)
      return `at ${percent(share)} false alarms: recall ${percent(rate(1, threshold).rate)}`
    }),
  ]
  for (const name of new Set(rows.map(({ kind, label }) => `${label} ${kind}`))) {
    const [label, kind] = [name.startsWith('1') ? 1 : 0, name.slice(2)] as const
    const found = rate(label, alert, (row) => row.kind === kind)
    lines.push(
      `  ${label === 1 ? 'recall      ' : 'false alarms'} ${kind.padEnd(20)} ${percent(found.rate)} of ${found.total}`,
    )
  }
  process.stdout.write(`${lines.join('\n')}\n`)
}

async function write(): Promise<void> {
  const linear = fitRows(rows, reader)
  const history = unseen
    .filter(({ row }) => row.label === 0)
    .map(({ historyScore, row }) => ({
      score: historyScore,
      label: row.level === 'history' || row.kind === 'history' ? (1 as const) : (0 as const),
    }))
  const packed = Buffer.from(packWeights(linear.weights, heads.length))
  const calibration = {
    weights: calibrationWeights.map((weight) => Number(weight.toPrecision(6))),
    alert: Number(alert.toFixed(4)),
    escalate: Number(escalate.toFixed(4)),
    history: Number(thresholdAt(history, 0.02).toFixed(4)),
  }
  const file: WeightsFile = {
    version: createHash('sha256')
      .update(rows.map(textOf).join('\n'))
      .update(packed)
      .update(JSON.stringify(calibration))
      .digest('hex')
      .slice(0, 12),
    bucketBits: linear.bucketBits,
    heads: [...linear.heads],
    scales: [...linear.scales],
    biases: [...linear.biases],
    calibration,
    weights: packed.toString('base64'),
  }
  const path = join(root, 'src/detectors/crisis/weights.json')
  await writeFile(path, `${JSON.stringify(file, null, 2)}\n`)
  await writeFile(join(root, 'docs/images/calibration.svg'), drawCurve(calibrationCurve(scored)))
  process.stdout.write(`version ${file.version}, ${Math.round(file.weights.length / 1024)} KiB of weights\n`)
}
