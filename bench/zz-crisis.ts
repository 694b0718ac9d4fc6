import { createCrisisAssessor } from '../src/detectors/crisis/assess.ts'
import { createHarmfulReplyDetector } from '../src/detectors/harmful-reply/harmful-reply.ts'
import { createReplyWatch } from '../src/detectors/harmful-reply/reply-watch.ts'
import { everydayText, ordinaryReply } from './texts.ts'

const which = process.argv[2] ?? 'both'
const N = 4000
const texts = Array.from({ length: N }, (_, i) => everydayText(i, 1000).slice(0, 1000))
const users = Array.from({ length: N }, (_, i) => everydayText(i, 200))
const replies = Array.from({ length: N }, (_, i) => ordinaryReply(i, 600).slice(0, 600))
const a = createCrisisAssessor()
const d = createHarmfulReplyDetector()
function crisis() {
  for (const t of texts) a.assess(t)
}
function reply() {
  for (let i = 0; i < N; i++) {
    const w = createReplyWatch({ mode: 'reply', state: 'none', user: users[i]!, detector: d })
    w.push(replies[i]!)
    w.end()
  }
}
function spin() {
  let x = 0
  for (let i = 0; i < 2e8; i++) x = (x * 31 + i) | 0
  return x
}
for (let k = 0; k < 6; k++) {
  const s0 = process.cpuUsage()
  spin()
  const s1 = process.cpuUsage(s0)
  for (const [n, f] of [
    ['crisis', crisis],
    ['reply', reply],
  ] as const) {
    if (which !== 'both' && which !== n) continue
    const t = performance.now()
    const c = process.cpuUsage()
    f()
    const u = process.cpuUsage(c)
    console.log(
      n,
      'wall',
      (((performance.now() - t) * 1000) / N).toFixed(1),
      'us; cpu',
      ((u.user + u.system) / N).toFixed(1),
      'us; spin',
      (s1.user / 1000).toFixed(0),
    )
  }
}
