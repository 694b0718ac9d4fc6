import { spawnSync } from 'node:child_process'

/** Runs wrangler with these arguments, without telemetry and without asking the network for anything. Exits as it does. */
export function wrangler(args: string[]): void {
  const { status } = spawnSync('wrangler', args, {
    stdio: 'inherit',
    shell: process.platform === 'win32',
    env: {
      ...process.env,
      WRANGLER_SEND_METRICS: 'false',
      DO_NOT_TRACK: '1',
      CLOUDFLARE_CF_FETCH_ENABLED: 'false',
    },
  })
  if (status !== 0) process.exit(status ?? 1)
}

if (import.meta.main) wrangler(process.argv.slice(2))
