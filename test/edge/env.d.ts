declare namespace Cloudflare {
  interface Env {
    HALTS: DurableObjectNamespace<import('../../src/worker.ts').HaltObject>
    ENGINE_URL: string
    ENGINE_KEY: string
    ADMIN_KEY: string
    HALTGATE_CONFIG: string
    HALTGATE_ADMIN_KEY_SHA256: string
  }
  interface GlobalProps {
    mainModule: typeof import('../../src/worker.ts')
  }
}
