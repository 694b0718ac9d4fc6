import { bestWindow, inputsOf } from '../../src/detectors/crisis/calibration.ts'
import { sumWords, windowScore } from '../../src/detectors/text/linear-model.ts'
import { heads, type Reader, textOf, toExamples } from './examples.ts'
import { type FitOptions, fit } from './fit.ts'
import { seedOf } from './random.ts'
import type { Row } from './rows.ts'

export const fitOptions: FitOptions = {
  heads,
  bucketBits: 17,
  epochs: 6,
  learningRate: 0.15,
  decay: 1e-6,
  minFamilies: 2,
  seed: 7,
}
export const noisyCopies = 1

/** A row as models see it that have learned nothing from its family. */
export interface Unseen {
  row: Row
  inputs: number[]
  historyScore: number
}

/** Scores every row by models trained without its fold; `foldOf` decides what stays together. */
export function crossValidate(
  rows: readonly Row[],
  reader: Reader,
  foldOf: (row: Row) => string,
  onFold: (fold: string, rows: number) => void,
): Unseen[] {
  const folds = [...new Set(rows.map(foldOf))].sort()
  return folds.flatMap((fold) => {
    const learned = rows.filter((row) => foldOf(row) !== fold)
    const unseen = rows.filter((row) => foldOf(row) === fold)
    const model = fit(toExamples(learned, reader, noisyCopies, fitOptions.seed), fitOptions)
    onFold(fold, unseen.length)
    const history = heads.indexOf('history')
    return unseen.map((row) => {
      const reading = reader.read(textOf(row))
      const sums = sumWords(model, reading.hashed)
      const words = reading.tokens.words.length
      const whole = windowScore(model, sums, 0, 0, words)
      const inputs = inputsOf(reading, whole, bestWindow(model, sums, 0, reading.windows).score)
      return { row, inputs, historyScore: windowScore(model, sums, history, 0, words) }
    })
  })
}

/** Five folds by family: what shares wording stays together. */
export function familyFold({ family }: Row): string {
  return String(seedOf(family) % 5)
}
