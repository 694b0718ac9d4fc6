import { join } from 'node:path'
import { expect, it } from 'vitest'
import { readReplyRows } from '../../../scripts/training/reply-rows.ts'
import { replyProbability } from '../../../src/detectors/harmful-reply/inputs.ts'
import { loadReplyModel } from '../../../src/detectors/harmful-reply/model-file.ts'
import { createReplyReader, replyHeads } from '../../../src/detectors/harmful-reply/reading.ts'
import { raisesNothing } from '../../../src/detectors/harmful-reply/scan.ts'
import { createSentenceSplitter } from '../../../src/detectors/harmful-reply/sentences.ts'
import { addSentence, emptyTally } from '../../../src/detectors/harmful-reply/tally.ts'
import { indexReplyWordClasses } from '../../../src/detectors/harmful-reply/word-classes.ts'
import { createTextSummer } from '../../../src/detectors/text/text-sums.ts'
import { createWordScale } from '../../../src/detectors/text/word-sums.ts'

it('a sentence that is not weighed could not have cut its reply short', { timeout: 60_000 }, async () => {
  const model = loadReplyModel()
  const reader = createReplyReader(createWordScale(model.linear, indexReplyWordClasses()))
  const sum = createTextSummer(model.linear)
  const rows = await readReplyRows(join(import.meta.dirname, '../../../training/replies'))
  let highest = 0
  let quiet = 0
  for (const { text, user, state } of rows) {
    if (state === 'crisis') continue
    const context = { state, person: reader.readPerson(user) }
    const tally = emptyTally(replyHeads.length)
    const splitter = createSentenceSplitter()
    for (const sentence of [...splitter.push(text), ...splitter.end()]) {
      const reading = reader.readSentence(sentence.text)
      const sums = sum(reading.tokens, reading.features)
      const peak = addSentence(tally, reading, model.linear, sums)
      if (reading.words === 0 || !raisesNothing(reading, peak, tally, model)) continue
      const alone = emptyTally(replyHeads.length)
      addSentence(alone, reading, model.linear, sums)
      quiet++
      for (const each of [tally, alone])
        highest = Math.max(highest, replyProbability(each, context, model, false))
    }
  }
  expect(quiet).toBeGreaterThan(1_000)
  expect(highest).toBeLessThan(model.earlyThreshold)
})
