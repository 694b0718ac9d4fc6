import { inputsOf, scoreReading } from '../../src/detectors/crisis/calibration.ts'
import { type LinearModel, sumWords, windowScore } from '../../src/detectors/text/linear-model.ts'
import { buried, buriedShare, calmRows, heads, type Reader, textOf, toExamples } from './examples.ts'
import { type FitOptions, fitModel } from './fit.ts'
import { createRandom, seedOf } from './random.ts'
import type { Row } from './rows.ts'

export const fitOptions: FitOptions = {
  heads,
  bucketBits: 17,
  epochs: 6,
  learningRate: 0.2,
  decay: 1e-3,
  minFamilies: 2,
  seed: 7,
}
/** The same rows with other noise, and how many noisy copies of each. */
const draws = 3
const noisyCopies = 1

export function fitRows(rows: readonly Row[], reader: Reader): LinearModel {
  const examples = Array.from({ length: draws }, (_, draw) =>
    toExamples(rows, reader, noisyCopies, fitOptions.seed + draw),
  )
  return fitModel(examples, fitOptions)
}

/** A row as models see it that have learned nothing from its family. */
export interface Unseen {
  row: Row
  /** The row put between other, benign ones: only for the calibration. */
  isBuried: boolean
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
    const model = fitRows(learned, reader)
    onFold(fold, unseen.length)
    const history = heads.indexOf('history')
    const calm = calmRows(unseen)
    const random = createRandom(fitOptions.seed)
    return unseen.flatMap((row) => {
      const text = textOf(row)
      const long = row.lang === 'en' && random() < buriedShare ? buried(text, calm, random) : undefined
      return [{ text, isBuried: false }, ...(long === undefined ? [] : [{ text: long, isBuried: true }])].map(
        (each) => {
          const reading = reader.read(each.text)
          const sums = sumWords(model, reading.hashed)
          return {
            row,
            isBuried: each.isBuried,
            inputs: inputsOf(reading, scoreReading(model, sums, reading)),
            historyScore: windowScore(model, sums, history, 0, reading.tokens.words.length),
          }
        },
      )
    })
  })
}

/** Five folds by family: what shares wording stays together. */
export function familyFold({ family }: Row): string {
  return String(seedOf(family) % 5)
}
