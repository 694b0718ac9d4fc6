import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
const [root, out] = process.argv.slice(2)
const { createCrisisAssessor } = await import(`${root}/src/detectors/crisis/assess.ts`)
const { createHarmfulReplyDetector } = await import(`${root}/src/detectors/harmful-reply/harmful-reply.ts`)
const { createReplyWatch } = await import(`${root}/src/detectors/harmful-reply/reply-watch.ts`)
const a = createCrisisAssessor(); const d = createHarmfulReplyDetector()
const lines: string[] = []
const dir = '/work/main/training'
for (const f of readdirSync(`${dir}/crisis`).sort()) for (const line of readFileSync(`${dir}/crisis/${f}`, 'utf8').split('\n')) {
  if (!line) continue
  const r = JSON.parse(line); const t = r.text ?? r.template ?? r.messages.map((m: any) => m.content).join('\n')
  for (const v of [t, t.toUpperCase() + '?!', `He said "${t}" yesterday. ${t}`]) lines.push(JSON.stringify(a.assess(v)))
}
for (const f of readdirSync(`${dir}/replies`).sort()) for (const line of readFileSync(`${dir}/replies/${f}`, 'utf8').split('\n')) {
  if (!line) continue
  const r = JSON.parse(line); const t = r.text ?? r.template
  lines.push(JSON.stringify(d.assess({ state: r.state, user: r.user, reply: t })))
  for (const mode of ['phrase', 'sentence', 'reply']) {
    const w = createReplyWatch({ mode, state: r.state, user: r.user, detector: d }); const marks = []
    for (let i = 0; i < t.length; i += 7) marks.push(w.push(t.slice(i, i + 7)).safeUnits)
    lines.push(mode + JSON.stringify([marks, w.end()]))
  }
}
writeFileSync(out!, lines.join('\n'))
console.log(lines.length)
