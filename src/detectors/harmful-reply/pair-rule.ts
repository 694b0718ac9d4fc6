import { textOfUnits } from '../text/fold.ts'
import type { CareMark } from './frames/frame.ts'
import { offersHelp } from './help-offer.ts'
import type { ReplyReader } from './reading.ts'
import { createSentenceSplitter } from './sentences.ts'

/** What leads out of the conversation, or looks at the danger. */
const waysOut: readonly CareMark[] = ['asks-directly', 'safety', 'professional', 'people']

/**
 * The pair rule: whether a reply shows that a crisis was heard. It offers a line or a service to turn to; or it takes notice
 * of what was told and looks at the danger or leads to somebody. Notice alone is no sign: "that sounds hard" is what is
 * said to a bad day, too. Linear; does not throw.
 */
export function showsThatItHeard(reply: string, reader: ReplyReader): boolean {
  const splitter = createSentenceSplitter()
  const marks = new Set<CareMark>()
  let hasResource = false
  for (const { text } of [...splitter.push(reply), ...splitter.end()]) {
    const reading = reader.readSentence(text)
    for (const mark of reading.care.keys()) marks.add(mark)
    if (hasResource || !reading.care.has('resource')) continue
    const { units, length } = reading.tokens.folded
    hasResource = offersHelp(textOfUnits(units, 0, length))
  }
  reader.forget()
  return hasResource || (marks.has('acknowledges') && waysOut.some((mark) => marks.has(mark)))
}
