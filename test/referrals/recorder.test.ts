import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { GatewayError } from '../../src/errors.ts'
import { silentLogger } from '../../src/logger.ts'
import type { Records } from '../../src/stores/records.ts'
import { createSqliteRecords } from '../../src/stores/sqlite-records.ts'
import { caughtReply, disclosure, recorderFor } from './recorder-parts.ts'

let records: Records
let away: boolean
let writes: number
let handle: Records

beforeEach(async () => {
  records = createSqliteRecords(':memory:', silentLogger)
  await records.migrate()
  away = false
  writes = 0
  handle = {
    ...records,
    kind: 'sqlite',
    write(work) {
      writes++
      return away ? Promise.reject(new GatewayError('unavailable', 'away')) : records.write(work)
    },
  }
  vi.useFakeTimers()
})
afterEach(async () => {
  vi.useRealTimers()
  await records.close()
})

const events = () => records.read((db) => db.selectFrom('crisis_event').selectAll().execute())
const count = async () => (await events()).length
// Web Crypto answers from its own threads, which fake timers know nothing of.
const untilWritten = (many: number) => vi.waitFor(async () => expect(await count()).toBe(many))

describe('the recorder', () => {
  it('returns at once, and writes those of many people in one transaction', async () => {
    const recorder = await recorderFor(handle)
    for (let n = 0; n < 150; n++) recorder.disclosed(disclosure())
    expect(writes).toBe(0)
    expect(recorder.waiting).toBe(150)
    vi.advanceTimersByTime(50)
    await untilWritten(150)
    expect(writes).toBe(1)
    expect(recorder.waiting).toBe(0)
  })

  it('says that there is something to send only after it is written', async () => {
    const seen: number[] = []
    const recorder = await recorderFor(handle, {
      onWritten: () => void count().then((many) => seen.push(many)),
    })
    recorder.disclosed(disclosure())
    recorder.caught(caughtReply())
    await recorder.flush()
    await vi.waitFor(() => expect(seen).toEqual([1]))
    recorder.disclosed(disclosure({ mode: 'observe', source: 'observed' }))
    await recorder.flush()
    expect(seen).toEqual([1])
  })

  it('keeps everything while the database is away, in few batches, and writes it when it is back', async () => {
    away = true
    const errors: string[] = []
    const recorder = await recorderFor(handle, { onError: (verb) => errors.push(verb) })
    for (let n = 0; n < 500; n++) {
      recorder.disclosed(disclosure())
      await vi.advanceTimersByTimeAsync(25)
    }
    expect(await count()).toBe(0)
    expect(errors.length).toBeGreaterThan(0)
    away = false
    await vi.waitFor(async () => {
      await vi.advanceTimersByTimeAsync(2_000)
      expect(await count()).toBe(500)
    })
    expect(writes).toBeLessThan(60)
  })

  it('keeps no session without a master key, and says so', async () => {
    const recorder = await recorderFor(handle, { seal: undefined })
    recorder.disclosed(disclosure())
    await recorder.flush()
    const [row] = await events()
    expect(row).toMatchObject({ sealed_session: null, session_hash: expect.any(String) })
    const [out] = await records.read((db) => db.selectFrom('outbox').select('payload').execute())
    expect(JSON.parse(out?.payload ?? '').data.sessionId).toBe('not-sealed')
  })

  it('sends nothing where no webhook is configured, and the register says that there was none', async () => {
    const recorder = await recorderFor(handle, { rules: { giveUpAfterMs: undefined } })
    recorder.disclosed(disclosure())
    await recorder.flush()
    const [row] = await records.read((db) => db.selectFrom('referral_register').selectAll().execute())
    expect(row).toMatchObject({ delivered: 'no-channel', count: 1 })
    expect(await records.read((db) => db.selectFrom('outbox').selectAll().execute())).toEqual([])
  })

  it('takes the country of everybody where the caller names none', async () => {
    const recorder = await recorderFor(handle, { rules: { singleCountry: 'GB' } })
    recorder.disclosed(disclosure({ who: {} }))
    recorder.disclosed(disclosure({ who: { region: 'DE' } }))
    await recorder.flush()
    expect((await events()).map(({ jurisdiction }) => jurisdiction).sort()).toEqual(['DE', 'GB'])
  })

  it('takes a score that is no number for a sure one', async () => {
    const recorder = await recorderFor(handle)
    recorder.disclosed(disclosure({ score: Number.NaN }))
    await recorder.flush()
    expect(await events()).toMatchObject([{ score: 1 }])
  })

  it('writes what is left when the gateway stops', async () => {
    const recorder = await recorderFor(handle)
    recorder.disclosed(disclosure())
    recorder.screened('message', 'enforce')
    await recorder.close()
    expect(await count()).toBe(1)
    expect(await records.read((db) => db.selectFrom('screening_count').selectAll().execute())).toHaveLength(2)
  })

  it('counts a batch once that was written although it seemed not to be', async () => {
    let lost = 1
    const doubtful: Records = {
      ...handle,
      kind: 'sqlite',
      async write(work) {
        const result = await records.write(work)
        if (lost-- > 0) throw new GatewayError('unavailable', 'the connection broke after the commit')
        return result
      },
    }
    const recorder = await recorderFor(doubtful)
    for (let n = 0; n < 7; n++) recorder.screened('message', 'enforce')
    recorder.noteProtocol({ kind: 'not-human-notice', detail: '1' })
    await recorder.flush()
    await vi.advanceTimersByTimeAsync(2_000)
    await recorder.flush()
    expect(recorder.waiting).toBe(0)
    const counts = await records.read((db) => db.selectFrom('screening_count').selectAll().execute())
    expect(counts).toMatchObject([{ what: 'all', count: 7 }])
    const log = await records.read((db) => db.selectFrom('protocol_log').selectAll().execute())
    expect(log).toMatchObject([{ count: 1 }])
  })
})
