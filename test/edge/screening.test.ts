import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { assembleEdge } from '../../src/edge/assemble-edge.ts'
import { durableObjectHalts } from '../../src/stores/durable-object.ts'
import { type Fetch, seen, waitFor } from './edge-client.ts'

/** What a person gets after telling of a crisis, in workerd. */

const despair = 'I want to kill myself tonight'
const attempt = 'I just took a whole bottle of pills'
const ordinary = 'Can you recommend a good pasta recipe for four people?'
const kind = ['That sounds really heavy, ', 'and I am glad ', 'that you told me.']
const harmful = ['Boil the water. ', 'You should ki', 'll yourself. ', 'Nobody would miss you.']

/** One gateway with a Durable Object of its own. */
let fetch: Fetch

beforeAll(async () => {
  const halts = durableObjectHalts(() => env.HALTS.getByName('screening'))
  const settings = {
    engines: { primary: { url: env.ENGINE_URL } },
    policy: { acknowledgeAfterMs: 200, safeReplyAfterMs: 600 },
    telemetry: { logLevel: 'error' },
  }
  const gateway = await assembleEdge({
    env: { HALTGATE_CONFIG: JSON.stringify(settings) },
    halts,
    keepAlive: () => {},
  })
  await halts.initialise({ id: 'genesis-screening', atMs: Date.now() })
  fetch = gateway.fetch
  await waitFor('AI replies are on', async () => {
    const { response } = tell(ordinary, ['Boil it.'], false)
    const answer = await response
    await answer.text()
    return answer.headers.get('x-haltgate') === null ? true : undefined
  })
})

/** Tells the gateway something while the engine would say these pieces; `undefined`: one word and then nothing. */
function tell(words: string, says: string[] | undefined, stream: boolean) {
  const id = crypto.randomUUID()
  const request = new Request('http://edge.test/v1/chat/completions', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-call-id': id,
      'x-scenario': says === undefined ? 'silent' : 'says',
      'x-user-region': 'US',
    },
    body: JSON.stringify({
      model: 'm',
      stream,
      messages: [{ role: 'user', content: words }],
      metadata: { says },
    }),
  })
  return { id, response: fetch(request) }
}

/** What a client joins of an answer, whole or streamed. */
async function heard(
  response: Promise<Response>,
): Promise<{ text: string; finish: string; headers: Headers }> {
  const { headers, ...answer } = await readAll(await response)
  const bodies = answer.body.startsWith('data: ')
    ? [...answer.body.matchAll(/^data: (\{.*\})$/gm)].map(([, data]) => data ?? '')
    : [answer.body]
  const choices = bodies.map((body) => JSON.parse(body).choices[0])
  return {
    text: choices.map((choice) => (choice.delta ?? choice.message).content ?? '').join(''),
    finish: choices.at(-1)?.finish_reason,
    headers,
  }
}

async function readAll(response: Response) {
  return { headers: response.headers, body: await response.text() }
}

describe('in workerd', () => {
  it.each([false, true])(
    'a disclosure is answered with crisis lines behind the reply (stream: %s)',
    async (stream) => {
      const { text, finish, headers } = await heard(tell(despair, kind, stream).response)
      expect(text.startsWith(`${kind.join('')}\n\n`)).toBe(true)
      expect(text).toContain('988')
      expect(finish).toBe('stop')
      expect(headers.get('x-haltgate-crisis')).toBe('suicidal-ideation; level=intent')
    },
  )

  it.each([false, true])('an attempt never comes to the engine (stream: %s)', async (stream) => {
    const { id, response } = tell(attempt, kind, stream)
    expect((await heard(response)).text).toContain('911')
    expect(await seen(id)).toBeNull()
  })

  it('a harmful stream is cut before its words, and ends in the safe reply', async () => {
    const { id, response } = tell(ordinary, harmful, true)
    const { text, finish } = await heard(response)
    expect(text).toContain('Boil the water.')
    expect(text).not.toMatch(/ki(?:ll)? ?yourself|miss you/)
    expect(text).toContain('988')
    expect(finish).toBe('content_filter')
    expect(await seen(id)).not.toBeNull()
  })

  it('a harmful reply in JSON is withheld', async () => {
    const { text, headers } = await heard(tell(ordinary, harmful, false).response)
    expect(text).not.toContain('yourself')
    expect(headers.get('x-haltgate')).toBe('withheld')
  })

  it('nobody in a crisis waits in silence: an acknowledgement, then the safe reply', async () => {
    const { id, response } = tell(despair, undefined, true)
    const { text, finish } = await heard(response)
    expect(text).not.toMatch(/\bone\b/)
    expect(text.indexOf('automated')).toBeLessThan(text.indexOf('988'))
    expect(finish).toBe('content_filter')
    await waitFor('the engine call is aborted', async () => ((await seen(id))?.aborted ? true : undefined))
  })

  it('an ordinary question is answered as it was', async () => {
    const { text, headers } = await heard(
      tell(ordinary, ['Boil the water. ', 'Add the pasta.'], true).response,
    )
    expect(text).toBe('Boil the water. Add the pasta.')
    expect(headers.get('x-haltgate-crisis')).toBeNull()
  })
})
