import type { LinearModel } from '../../../src/detectors/text/linear-model.ts'
import type { WordClasses } from '../../../src/detectors/text/ngrams.ts'
import { createTokenizer } from '../../../src/detectors/text/tokens.ts'
import { createWordBook } from '../../../src/detectors/text/word-book.ts'
import { createWordScale } from '../../../src/detectors/text/word-sums.ts'

/** Reads words that know what a model makes of them. */
export function weighedReader(model: LinearModel, classes: WordClasses) {
  const weigh = createWordScale(model, classes)
  return createTokenizer(createWordBook((text, hash) => ({ text, hash, id: 0, ...weigh(text, hash) })))
}
