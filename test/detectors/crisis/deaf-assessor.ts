import { type CrisisAssessor, createCrisisAssessor } from '../../../src/detectors/crisis/assess.ts'
import { loadModel } from '../../../src/detectors/crisis/model-file.ts'

/**
 * The detector with models that have learned nothing and a calibration that always says no: whatever still alerts does so
 * by rule, and goes on doing so with other weights.
 */
export function createDeafAssessor(): CrisisAssessor {
  const { linear, calibration } = loadModel()
  return createCrisisAssessor({
    version: 'deaf',
    linear: {
      ...linear,
      weights: new Int8Array(linear.weights.length),
      biases: linear.biases.map(() => 0),
    },
    calibration: {
      weights: calibration.weights.map((_, at) => (at === 0 ? -9 : 0)),
      alert: 0.9,
      escalate: 0.8,
      history: Number.POSITIVE_INFINITY,
    },
  })
}
