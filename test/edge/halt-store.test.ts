import { env } from 'cloudflare:workers'
import { durableObjectHalts } from '../../src/stores/durable-object.ts'
import { testHaltStore } from '../stores/halt-store-contract.ts'

testHaltStore('Durable Object', async () => {
  const name = crypto.randomUUID()
  return {
    open: async () => durableObjectHalts(() => env.HALTS.getByName(name)),
    dispose: async () => {},
  }
})
