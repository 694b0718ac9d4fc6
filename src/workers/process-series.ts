import { Counter, Gauge, type Registry } from 'prom-client'

/**
 * CPU time and memory of this process under prom-client's names. Not by its own collector: that one watches the event
 * loop every 10 ms, which is 4 ms of CPU in each second of a worker that does nothing.
 */
export function registerProcessSeries(registry: Registry): void {
  const registers = [registry]
  const cpu = { user: 'user', system: 'system', '': 'user and system' }
  for (const [kind, words] of Object.entries(cpu))
    new Counter({
      name: ['process_cpu', kind, 'seconds_total'].filter(Boolean).join('_'),
      help: `Total ${words} CPU time spent in seconds.`,
      registers,
      collect() {
        const { user, system } = process.cpuUsage()
        this.reset()
        this.inc((kind === 'user' ? user : kind === 'system' ? system : user + system) / 1e6)
      },
    })
  new Gauge({
    name: 'process_resident_memory_bytes',
    help: 'Resident memory size in bytes.',
    registers,
    collect() {
      this.set(process.memoryUsage.rss())
    },
  })
}
