import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { cloudflareTest } from '@cloudflare/vitest-plugin'

/** The key that tests of the control use. */
const adminKey = 'hg_edge-test-key'

/** Runs in workerd, over the Worker as wrangler.toml describes it, with a real engine on a loopback port. */
export const edgeProject = {
  plugins: [
    cloudflareTest(({ inject }) => {
      const engineUrl = inject<string>('engineUrl')
      return {
        wrangler: { configPath: './wrangler.toml' },
        miniflare: {
          bindings: {
            ENGINE_URL: engineUrl,
            ENGINE_KEY: 'engine-secret',
            ADMIN_KEY: adminKey,
            HALTGATE_ADMIN_KEY_SHA256: createHash('sha256').update(adminKey).digest('hex'),
            HALTGATE_CONFIG: JSON.stringify({
              engines: {
                primary: { url: '${ENGINE_URL}', credential: { value: 'Bearer ${ENGINE_KEY}' } },
              },
              telemetry: { logLevel: 'error' },
            }),
          },
        },
      }
    }),
  ],
  // As wrangler.toml has it.
  resolve: {
    alias: [
      { find: /^prom-client$/, replacement: join(import.meta.dirname, '../../../src/edge/prom-client.js') },
    ],
  },
  test: {
    name: 'edge',
    include: ['test/edge/**/*.test.ts'],
    globalSetup: ['test/edge/node/engine.ts'],
    testTimeout: 10_000,
    hookTimeout: 20_000,
    sequence: { shuffle: true },
  },
}
