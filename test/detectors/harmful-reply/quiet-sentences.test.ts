import { expect, it } from 'vitest'
import { loadReplyModel } from '../../../src/detectors/harmful-reply/model-file.ts'

// Sentences that nothing speaks against are not weighed (`isQuiet` in scan.ts). Training anew may move the threshold.
it('what cuts a reply short is more than any sentence reaches that is not weighed', () => {
  expect(loadReplyModel().earlyThreshold).toBeGreaterThan(0.92)
})
