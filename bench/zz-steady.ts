import { calmRequests, openClients, send, sendMany } from './load.ts'
import { startEngine, startHaltgate, startPassThrough } from './processes.ts'

const engine = await startEngine()
const who = process.argv[2] ?? 'enforce'
const n = Number(process.argv[3] ?? 12)
const proxy =
  who === 'pass'
    ? await startPassThrough(engine.url)
    : await startHaltgate(engine.url, ...(process.argv[4] ? JSON.parse(process.argv[4]) : []))
const requests = calmRequests('whole', 6000)
const direct = openClients(engine.url, 1)
const expected = await send(direct, requests[0]!)
await direct.destroy()
const clients = openClients(proxy.url, 32)
for (let i = 0; i < n; i++) {
  const b = proxy.cpuMs()
  const t = performance.now()
  const from = (i * 2000) % 6000
  await sendMany(clients, requests.slice(from, from + 2000), { concurrency: 32, expected })
  console.log(
    i,
    ((proxy.cpuMs() - b) / 2).toFixed(1),
    'us cpu; wall',
    ((performance.now() - t) / 2).toFixed(1),
  )
}
await clients.destroy()
await proxy.end()
await engine.end()
