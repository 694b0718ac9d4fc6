import { createDetectors as createHearing } from '../../src/assemble-listening.ts'
import type { UserDetector } from '../../src/detectors/detector.ts'
import type { HarmfulReplyDetector } from '../../src/detectors/harmful-reply/harmful-reply.ts'
import type { PhraseWatch } from '../../src/detectors/harmful-reply/phrase-watch.ts'
import type { ReplyAssessment, ReplyScan } from '../../src/detectors/harmful-reply/scan.ts'

export { createRemotes } from '../../src/assemble-listening.ts'

/** In place of `createDetectors`, for the bench alone: everything is there but the two detectors, which hear nothing. */
export function createDetectors(): ReturnType<typeof createHearing> {
  return { ...createHearing(), crisis: deafToMessages, harmfulReply: deafToReplies }
}

const deafToMessages: UserDetector = {
  name: 'crisis',
  version: 'deaf',
  inspect: () => ({
    outcome: 'clear',
    score: 0,
    findings: [],
    risk: 0,
    isCritical: false,
    isOwn: false,
    isRepeat: false,
    bypass: undefined,
    isPartial: false,
  }),
  note() {},
}

const fine: ReplyAssessment = { harmful: false, kind: undefined, score: 0, findings: [], finding: undefined }

const deafToReplies: HarmfulReplyDetector = {
  name: 'harmful-reply',
  version: 'deaf',
  assess: () => fine,
  createReplyScan: createDeafScan,
  showsThatItHeard: () => true,
  openPhraseWatch: createDeafWatch,
}

function createDeafScan(): ReplyScan {
  let read = 0
  return {
    push(text) {
      read += text.length
      return []
    },
    end: () => fine,
    clearedUnits: () => read,
    hasResource: () => false,
  }
}

function createDeafWatch(): PhraseWatch {
  let read = 0
  const mark = () => ({ safeUnits: read, found: undefined })
  return {
    push(text) {
      read += text.length
      return mark()
    },
    end: mark,
  }
}
