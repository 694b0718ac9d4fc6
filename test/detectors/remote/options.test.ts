import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createRemoteDetector, remoteDetectors } from '../../../src/detectors/remote/index.ts'
import { RemoteDetectors } from '../../../src/detectors/remote/options.ts'

const guard = { kind: 'guard-chat', url: 'http://guard.example/', model: 'llama-guard-3' }
const wrong = (options: unknown) => {
  const { error } = RemoteDetectors.safeParse(options)
  return error === undefined ? 'nothing' : z.prettifyError(error)
}

describe('the settings of remote detectors', () => {
  it('ask nobody unless somebody is named', () => {
    expect(RemoteDetectors.parse({})).toMatchObject({
      endpoints: [],
      deadlineMs: 800,
      sampleRate: 0.01,
      concurrency: 8,
      ratePerSecond: 20,
    })
  })

  it('make a detector of each kind, named after it or as the file says', () => {
    const { endpoints } = RemoteDetectors.parse({
      endpoints: [
        { kind: 'moderation' },
        guard,
        { kind: 'webhook', name: 'ours', url: 'https://own.example/crisis' },
      ],
    })
    const made = endpoints.map((endpoint) => createRemoteDetector(endpoint))
    expect(made.map(({ name, version }) => [name, version])).toEqual([
      ['moderation', 'omni-moderation-latest'],
      ['guard-chat', 'llama-guard-3'],
      ['ours', 'unversioned'],
    ])
  })

  it('know every kind of the registry, by its own name', () => {
    for (const [kind, definition] of Object.entries(remoteDetectors)) {
      expect(definition.kind).toBe(kind)
      expect(wrong({ endpoints: [{ kind, url: 'https://x.example', model: 'm' }] })).not.toContain('[0].kind')
    }
  })

  it.each([
    ['a setting that does not exist', { deadline: 5 }, 'deadline'],
    ['a kind that does not exist', { endpoints: [{ kind: 'oracle' }] }, 'endpoints[0].kind'],
    ['a misspelt setting of an endpoint', { endpoints: [{ ...guard, treshold: 1 }] }, 'treshold'],
    ['two endpoints of one name', { endpoints: [guard, guard] }, 'names of their own'],
    ['no address', { endpoints: [{ kind: 'webhook' }] }, 'endpoints[0].url'],
    [
      'an address of another protocol',
      { endpoints: [{ ...guard, url: 'file:///etc/passwd' }] },
      'Invalid URL',
    ],
    [
      'a password in an address',
      { endpoints: [{ ...guard, url: 'http://a:b@x.example' }] },
      'set credential instead',
    ],
    ['a query in a base address', { endpoints: [{ ...guard, url: 'http://x.example?a' }] }, 'without ? or #'],
    [
      'a line break in a credential',
      { endpoints: [{ ...guard, credential: { value: 'a\nb' } }] },
      'visible ASCII',
    ],
  ])('refuse %s', (_, options, expected) => {
    expect(wrong(options)).toContain(expected)
  })

  it('are all described', () => {
    const undescribed = settings().filter(({ description }) => description === undefined)
    expect(undescribed).toEqual([])
  })

  it('all stand in the page about remote detectors', () => {
    const page = readFileSync('docs/remote-detectors.md', 'utf8')
    const missing = settings().filter(({ name }) => !page.includes(`\`${name}\``))
    expect(missing).toEqual([])
  })
})

const Schema = z.object({
  properties: z.record(z.string(), z.unknown()).default({}),
  items: z.unknown().optional(),
  additionalProperties: z.unknown().optional(),
  oneOf: z.array(z.unknown()).default([]),
  anyOf: z.array(z.unknown()).default([]),
  description: z.string().optional(),
})

/** Every setting at any depth, by its own name. */
function settings(
  schema: unknown = z.toJSONSchema(RemoteDetectors, { io: 'input', unrepresentable: 'any' }),
): { name: string; description: string | undefined }[] {
  if (typeof schema !== 'object') return []
  const { properties, items, additionalProperties, oneOf, anyOf } = Schema.parse(schema)
  const own = Object.entries(properties).flatMap(([name, field]) => [
    { name, description: Schema.parse(field).description },
    ...settings(field),
  ])
  const parts = [...oneOf, ...anyOf, items, additionalProperties]
  return [...own, ...parts.flatMap((part) => (part === undefined ? [] : settings(part)))]
}
