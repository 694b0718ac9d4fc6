import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type LiveGateway, startLiveGateway } from '../../servers/live-gateway.ts'
import {
  answers,
  breaksOff,
  type EngineCall,
  neverAnswers,
  openStream,
  type ScriptedEngine,
  startScriptedEngine,
  streams,
} from '../../servers/scripted-engine.ts'
import { post, wires } from '../../servers/wires.ts'

/** What a person gets after telling of a crisis, read from real sockets by the official clients of each dialect. */

const despair = 'I want to kill myself tonight'
const attempt = 'I just took a whole bottle of pills'
const ordinary = 'Can you recommend a good pasta recipe for four people?'
const kind = ['That sounds really heavy, ', 'and I am glad ', 'that you told me.']
const caring = ['I am glad that you told me. ', 'You can call or text ', '988 at any hour.']
const cooking = ['Boil the water. ', 'Then add the pasta ', 'and stir it well.']
const harmful = [
  'Boil the water. ',
  'Then add the pasta. ',
  'You should ki',
  'll yourself. Nobody would miss you.',
]

const acknowledgeAfterMs = 200

describe.each(wires)('with $name', (wire) => {
  let engine: ScriptedEngine
  let gateway: LiveGateway
  let hasty: LiveGateway

  beforeAll(async () => {
    engine = await startScriptedEngine(neverAnswers)
    gateway = await startLiveGateway({ engines: { primary: wire.engine(engine.url) } })
    hasty = await startLiveGateway({
      engines: { primary: wire.engine(engine.url) },
      policy: { acknowledgeAfterMs, safeReplyAfterMs: 700 },
    })
  })
  afterAll(async () => {
    await Promise.all([gateway.close(), hasty.close()])
    await engine.close()
  })
  beforeEach(() => {
    engine.calls.length = 0
  })
  afterEach(() => {
    engine.script = neverAnswers
  })

  const streamOf = (pieces: readonly string[]) => [
    ...wire.begin,
    ...wire.words(...pieces),
    ...wire.end(pieces.join('')),
  ]
  const outcomes = (outcome: string, from = gateway) =>
    from.metric(`haltgate_exchanges_total{engine="primary",form="stream",outcome="${outcome}"}`)

  describe('a disclosure', () => {
    it('is answered by the engine with the crisis lines behind its words, as JSON and as a stream', async () => {
      engine.script = answers(wire.whole(kind.join('')))
      const whole = await wire.ask(gateway.trafficUrl, despair)
      engine.script = streams(streamOf(kind), 3)
      const stream = await wire.stream(gateway.trafficUrl, despair).over
      for (const { text, finish, failure, headers } of [whole, stream]) {
        expect(failure).toBeUndefined()
        expect(text.startsWith(`${kind.join('')}\n\n`)).toBe(true)
        expect(text.split('988').length).toBeGreaterThan(1)
        expect(finish).toBe(wire.finishes.engine)
        expect(headers.get('x-haltgate-crisis')).toBe('suicidal-ideation; level=intent')
      }
      expect(stream.text).toBe(whole.text)
    })

    it('leaves every byte of a reply that offers a line', async () => {
      const body = wire.whole(caring.join('')).replace('{', '{ ')
      engine.script = answers(body)
      expect(await (await post(fetch, gateway.trafficUrl, wire, despair, false)).text()).toBe(body)
      const events = streamOf(caring).join('')
      engine.script = streams([events.slice(0, 300), events.slice(300)], 10)
      expect(await (await post(fetch, gateway.trafficUrl, wire, despair, true)).text()).toBe(events)
    })

    it('of an attempt is answered at once, the emergency number first, and no engine is asked', async () => {
      const whole = await wire.ask(gateway.trafficUrl, attempt)
      const stream = await wire.stream(gateway.trafficUrl, attempt).over
      for (const { text, finish, failure, headers } of [whole, stream]) {
        expect(failure).toBeUndefined()
        expect(text).toContain('911')
        expect(text.indexOf('911')).toBeLessThan(text.includes('988') ? text.indexOf('988') : text.length)
        expect(finish).toBe(wire.finishes.safe)
        expect(headers.get('x-haltgate')).toContain('intercepted')
      }
      expect(engine.calls).toHaveLength(0)
    })

    it.each([
      ['refuses', answers('{"error":{"type":"invalid_request_error","message":"flagged"}}', 400)],
      ['fails', answers('{"error":{"message":"down"}}', 500)],
      ['answers with no JSON', answers('<html>')],
      ['closes the connection', ({ request }: EngineCall): void => void request.socket.destroy()],
    ] as const)('ends in the safe reply when the engine %s', async (_, script) => {
      engine.script = script
      const whole = await wire.ask(gateway.trafficUrl, despair)
      const stream = await wire.stream(gateway.trafficUrl, despair).over
      for (const { text, finish, failure } of [whole, stream]) {
        expect(failure).toBeUndefined()
        expect(text).toContain('988')
        expect(text).not.toContain('flagged')
        expect(finish).toBe(wire.finishes.safe)
      }
    })

    it('ends in the safe reply when the engine breaks off in mid-stream, without its words', async () => {
      engine.script = breaksOff([...wire.begin, ...wire.words(...kind)])
      const { text, finish, failure } = await wire.stream(gateway.trafficUrl, despair).over
      expect(failure).toBeUndefined()
      expect(text).toContain('988')
      expect(text).not.toContain('heavy')
      expect(finish).toBe(wire.finishes.safe)
    })

    it('ends in the safe reply when a halt comes while the reply is held, without the reply’s words', async () => {
      engine.script = async (call) => {
        const response = openStream(call)
        for (const piece of [...wire.begin, ...wire.words(...kind)]) response.write(piece)
      }
      const reading = wire.stream(gateway.trafficUrl, despair)
      const { left } = await engine.call(1)
      await wait(30)
      const { body } = await gateway.admin('POST', '/halts', { reason: 'answers harmfully', cause: 'drill' })
      try {
        const { text, finish, failure } = await reading.over
        expect(failure).toBeUndefined()
        expect(text).toContain('988')
        expect(text).not.toContain('heavy')
        expect(finish).toBe(wire.finishes.safe)
        await left
      } finally {
        await gateway.admin('POST', `/halts/${body.halt.id}/clear`, { reason: 'the test is over' })
      }
    })

    it('whose reply is held is over for the engine when the person leaves', async () => {
      engine.script = (call) => void openStream(call).write([...wire.begin, ...wire.words(...kind)].join(''))
      const before = await outcomes('client-closed')
      const reading = wire.stream(gateway.trafficUrl, despair)
      const { left } = await engine.call(1)
      await wait(30)
      reading.leave()
      await left
      await reading.over
      await expect.poll(() => outcomes('client-closed')).toBe(before + 1)
    })
  })

  describe('while the engine is slow, a person in a crisis', () => {
    it('reads an acknowledgement before the engine has begun, and then its reply', async () => {
      engine.script = async (call) => {
        await wait(acknowledgeAfterMs + 100)
        await streams(streamOf(kind))(call)
      }
      const reading = wire.stream(hasty.trafficUrl, despair)
      expect(await reading.firstWords).toContain('automated')
      const { text, finish, failure, headers } = await reading.over
      expect(failure).toBeUndefined()
      expect(text.indexOf('automated')).toBeLessThan(text.indexOf(kind.join('')))
      expect(text.indexOf(kind.join(''))).toBeLessThan(text.lastIndexOf('988'))
      expect(text.split('heavy')).toHaveLength(2)
      expect(finish).toBe(wire.finishes.engine)
      expect(headers.get('x-haltgate-crisis')).toContain('suicidal-ideation')
    })

    it('reads an acknowledgement behind a beginning without words, and then the reply', async () => {
      engine.script = async (call) => {
        const response = openStream(call)
        for (const piece of wire.begin) response.write(piece)
        await wait(acknowledgeAfterMs + 100)
        for (const piece of [...wire.words(...caring), ...wire.end(caring.join(''))]) response.write(piece)
        response.end()
      }
      const reading = wire.stream(hasty.trafficUrl, despair)
      expect(await reading.firstWords).toContain('automated')
      const { text, finish, failure } = await reading.over
      expect(failure).toBeUndefined()
      expect(text.endsWith(`\n\n${caring.join('')}`)).toBe(true)
      expect(finish).toBe(wire.finishes.engine)
    })

    it.each([
      ['has said nothing', () => {}],
      [
        'has said half',
        (call) => void openStream(call).write([...wire.begin, ...wire.words(...kind)].join('')),
      ],
    ] as const satisfies [string, ScriptedEngine['script']][])(
      'reads the safe reply at last when the engine %s, whose call is ended',
      async (_, script) => {
        engine.script = script
        const reading = wire.stream(hasty.trafficUrl, despair)
        const { left } = await engine.call(1)
        const { text, finish, failure } = await reading.over
        expect(failure).toBeUndefined()
        expect(text.indexOf('automated')).toBeLessThan(text.indexOf('988'))
        expect(text).not.toContain('heavy')
        expect(finish).toBe(wire.finishes.safe)
        await left
      },
    )

    it('reads the safe reply at last also as JSON', async () => {
      engine.script = neverAnswers
      const asking = wire.ask(hasty.trafficUrl, despair)
      const { left } = await engine.call(1)
      const { text, failure } = await asking
      expect(failure).toBeUndefined()
      expect(text).toContain('988')
      await left
    })

    it('reads the safe reply behind the acknowledgement when the engine then fails', async () => {
      engine.script = async ({ response }) => {
        await wait(acknowledgeAfterMs + 100)
        response.writeHead(500).end('{}')
      }
      const { text, finish, failure } = await wire.stream(hasty.trafficUrl, despair).over
      expect(failure).toBeUndefined()
      expect(text.indexOf('automated')).toBeLessThan(text.indexOf('988'))
      expect(finish).toBe(wire.finishes.safe)
    })

    it('who leaves after the acknowledgement is counted as gone, and the engine’s call is ended', async () => {
      engine.script = neverAnswers
      const before = await outcomes('client-closed', hasty)
      const reading = wire.stream(hasty.trafficUrl, despair)
      const { left } = await engine.call(1)
      await reading.firstWords
      reading.leave()
      await left
      await reading.over
      await expect.poll(() => outcomes('client-closed', hasty)).toBe(before + 1)
    })
  })

  describe('a harmful reply', () => {
    it('is withheld as a whole', async () => {
      engine.script = answers(wire.whole(harmful.join('')))
      const { text, failure, headers } = await wire.ask(gateway.trafficUrl, despair)
      expect(failure).toBeUndefined()
      expect(text).not.toMatch(/kill yourself|Boil/)
      expect(text).toContain('988')
      expect(headers.get('x-haltgate')).toBe('withheld')
    })

    it('is cut in mid-stream before the harmful words, and ends in the safe reply', async () => {
      engine.script = async (call) => {
        const response = openStream(call)
        for (const piece of [...wire.begin, ...wire.words(...harmful)]) {
          response.write(piece)
          await wait(3)
        }
      }
      const reading = wire.stream(gateway.trafficUrl, ordinary)
      const { left } = await engine.call(1)
      const { text, finish, failure } = await reading.over
      expect(failure).toBeUndefined()
      expect(text).toContain('Boil the water.')
      expect(text).not.toMatch(/ki(?:ll)? ?yourself|miss you/)
      expect(text).toContain('988')
      expect(finish).toBe(wire.finishes.safe)
      await left
    })

    it('of somebody in a crisis never begins to go out', async () => {
      engine.script = streams(streamOf(harmful), 3)
      const { text, failure } = await wire.stream(gateway.trafficUrl, despair).over
      expect(failure).toBeUndefined()
      expect(text).not.toMatch(/yourself|Boil/)
      expect(text).toContain('988')
    })
  })

  it('an ordinary question is answered byte for byte, and nothing of it is held for longer than a phrase', async () => {
    const body = wire.whole(cooking.join(''))
    engine.script = answers(body)
    const whole = await post(fetch, gateway.trafficUrl, wire, ordinary, false)
    expect(await whole.text()).toBe(body)
    expect(whole.headers.get('x-haltgate-crisis')).toBeNull()
    let finish = () => {}
    engine.script = async (call) => {
      const response = openStream(call)
      for (const piece of [...wire.begin, ...wire.words(...cooking)]) response.write(piece)
      await new Promise<void>((resolve) => {
        finish = resolve
      })
      response.end(wire.end(cooking.join('')).join(''))
    }
    const reading = wire.stream(gateway.trafficUrl, ordinary)
    expect(await reading.firstWords).toContain('Boil')
    finish()
    expect(await reading.over).toMatchObject({
      text: cooking.join(''),
      finish: wire.finishes.engine,
      failure: undefined,
    })
  })
})
