import { createHarmfulReplyDetector } from '../../src/detectors/harmful-reply/harmful-reply.ts'
import { createReplyWatch, type HoldBackMode } from '../../src/detectors/harmful-reply/reply-watch.ts'
import { everydayText, ordinaryReply, replyWords } from '../texts.ts'
import type { Operation } from './harness.ts'
import { manyOf } from './inputs.ts'

const wordsOfAStream = 200

/** What an engine answers, judged by the harmful-reply detector; what the person wrote is read each time, as in life. */
export const harmfulReplyOperations: Operation[] = [
  {
    what: 'Harmful-reply detector, a whole reply of 600 characters',
    prepare() {
      const open = watches('reply')
      const replies = manyOf(1_024, (number) => ordinaryReply(number, 600).slice(0, 600))
      return {
        once(at) {
          const watch = open(at)
          watch.push(replies.at(at))
          return watch.end()
        },
      }
    },
  },
  {
    what: `Harmful-reply detector, a streamed word, of ${wordsOfAStream}`,
    prepare() {
      const open = watches('phrase')
      const replies = manyOf(256, (number) => replyWords(number, wordsOfAStream))
      return {
        units: wordsOfAStream,
        once(at) {
          const watch = open(at)
          for (const word of replies.at(at)) watch.push(word)
          return watch.end()
        },
      }
    },
  },
]

function watches(mode: HoldBackMode) {
  const detector = createHarmfulReplyDetector()
  const users = manyOf(1_024, (number) => everydayText(number, 200))
  return (at: number) => createReplyWatch({ mode, state: 'none', user: users.at(at), detector })
}
