import type { Question } from './lib/question.ts'
import { baseline } from './questions/baseline.ts'
import { breaker } from './questions/breaker.ts'
import { crisisDetection } from './questions/crisis-detection.ts'
import { errorRate } from './questions/error-rate.ts'
import { falseAlarms } from './questions/false-alarms.ts'
import { haltUnderLoad } from './questions/halt-under-load.ts'
import { latencyCritical, latencyWarning } from './questions/latency.ts'
import { redisLoss } from './questions/redis-loss.ts'
import { soak } from './questions/soak.ts'

/** All of them, in the order in which `all` asks. */
export const questions: readonly Question[] = [
  baseline,
  latencyWarning,
  latencyCritical,
  errorRate,
  breaker,
  crisisDetection,
  haltUnderLoad,
  falseAlarms,
  redisLoss,
  soak,
]
