import { expect, vi } from 'vitest'
import type { AdminAnswer } from './live-gateway.ts'

/** A gateway whose crisis events somebody clinical may read. */
interface Administered {
  admin(method: string, path: string, body?: unknown, key?: string): Promise<AdminAnswer>
}

/** Makes a key for somebody clinical, and reads what was recorded with it. */
export async function readsCrisisEvents(gateway: Administered) {
  let key: string | undefined
  const makeKey = async () => {
    // The records may still be on their way up.
    const { status, body } = await gateway.admin('POST', '/keys', { person: 'Dr. Noor', roles: ['clinical'] })
    if (status !== 201) throw new Error(`no key: ${status}`)
    key = body.secret
  }
  await vi.waitFor(makeKey, { timeout: 10_000, interval: 200 })
  const events = async (): Promise<Record<string, unknown>[]> =>
    (await gateway.admin('GET', '/crisis-events?limit=100', undefined, key)).body.events
  return {
    events,
    /** The sources of all events of a tenant, oldest first, once there are so many. */
    async sources(tenant: string, count: number): Promise<unknown[]> {
      const all = async () => (await events()).filter((one) => one.tenant === tenant)
      await expect.poll(async () => (await all()).length, { timeout: 5_000 }).toBe(count)
      return (await all()).map(({ source }) => source).reverse()
    },
    async register() {
      const year = new Date().getUTCFullYear()
      return (await gateway.admin('GET', `/referral-register?year=${year}`)).body.referrals
    },
  }
}
