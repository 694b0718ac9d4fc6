import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import {
  ConfigError,
  checkConfig,
  configWarnings,
  loadConfig,
  parseConfig,
  withoutSecret,
} from '../../src/config/load.ts'

const folder = mkdtempSync(join(tmpdir(), 'haltgate-config-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const engines = 'engines:\n  primary:\n    url: http://engine.test\n'

/** The problems of a file, one per line, without the heading. */
function problemsOf(text: string, env: Record<string, string> = {}): string[] {
  try {
    parseConfig(text, 'haltgate.yaml', env)
  } catch (error) {
    if (error instanceof ConfigError)
      return error.message
        .split('\n')
        .slice(1)
        .map((line) => line.trim())
    throw error
  }
  return []
}

describe('a wrong file', () => {
  it.each([
    [
      'a misspelt setting',
      `${engines}polcy: {}\n`,
      'haltgate.yaml:4: polcy: unknown setting; see docs/configuration.md',
    ],
    [
      'a misspelt setting deep inside',
      `${engines}    timeoutMs: 5\n`,
      'haltgate.yaml:4: engines.primary.timeoutMs: unknown setting',
    ],
    [
      'an address that is none',
      'traffic:\n  listen: everywhere\n',
      'haltgate.yaml:2: traffic.listen: expected host:port, such as 127.0.0.1:8080',
    ],
    ['a number out of range', 'policy:\n  haltLeaseMs: 20\n', 'haltgate.yaml:2: policy.haltLeaseMs: '],
    [
      'a word for a number',
      'traffic:\n\n  # ours\n  maxBodyBytes: big\n',
      'haltgate.yaml:4: traffic.maxBodyBytes: ',
    ],
    [
      'a URL that is none',
      'engines:\n  primary: { url: engine.test }\n',
      'haltgate.yaml:2: engines.primary.url: ',
    ],
    [
      'a file URL',
      'engines:\n  primary: { url: "file:///etc/passwd" }\n',
      'haltgate.yaml:2: engines.primary.url: ',
    ],
    ['an engine without URL', 'engines:\n  primary: {}\n', 'haltgate.yaml:2: engines.primary.url: '],
    [
      'a backup without primary',
      'engines:\n  backup: { url: http://b.test }\n',
      'engines.primary: expected: a backup or previous needs a primary',
    ],
    [
      'a backup of another dialect',
      `${engines}  backup:\n    url: http://b.test\n    dialect: generic-json\n    genericJson: { path: /chat, userText: $.q, replyText: $.a }\n`,
      'engines.backup',
    ],
    [
      'generic-json without its paths',
      `${engines}    dialect: generic-json\n`,
      'engines.primary.genericJson: expected when dialect is generic-json',
    ],
    [
      'a store that is none',
      'stores: { halts: mysql://x }\n',
      'haltgate.yaml:1: stores.halts: expected sqlite, redis://',
    ],
    [
      'a threshold without its parts',
      'plan:\n  thresholds:\n    mine: { above: 3 }\n',
      'haltgate.yaml:3: plan.thresholds.mine: ',
    ],
    ['a list', '- a\n- b\n', 'haltgate.yaml:1: (top level): '],
    ['a lone word', 'hello\n', 'haltgate.yaml:1: (top level): '],
    ['a key given twice', 'dataDir: a\ndataDir: b\n', 'haltgate.yaml:2: '],
    ['no YAML', 'traffic: [\n', 'haltgate.yaml:'],
    ['a tab for indentation', 'traffic:\n\tlisten: 127.0.0.1:1\n', 'haltgate.yaml:2: '],
  ])('%s is named by line, path and what was expected', (_what, text, beginning) => {
    const problems = problemsOf(text)
    expect(problems.some((problem) => problem.includes(beginning))).toBe(true)
  })

  it('has all its problems listed, not the first alone', () => {
    expect(problemsOf('traffic: { listen: x }\npolicy: { haltLeaseMs: 1 }\nwhat: 1\n')).toHaveLength(3)
  })

  it('that expands into millions of nodes is refused', () => {
    const bomb = [
      'a: &a [x, x, x, x, x, x, x, x, x]',
      ...'bcdefgh'
        .split('')
        .map((name, n) => `${name}: &${name} [${Array(9).fill(`*${'abcdefgh'[n]}`).join(', ')}]`),
    ]
    expect(() => parseConfig(bomb.join('\n'), 'haltgate.yaml', {})).toThrow(ConfigError)
  })

  it('that is not there says so', () => {
    expect(() => loadConfig(join(folder, 'none.yaml'), {})).toThrow(
      /cannot read the configuration file .*none\.yaml/,
    )
  })
})

describe('references to the environment', () => {
  const withKey = `${engines}    credential: { value: "Bearer \${ENGINE_KEY}" }\n`

  it('are put in as text', () => {
    const config = parseConfig(withKey, 'f', { ENGINE_KEY: 'sk-1' })
    expect(config.engines.primary?.credential).toEqual({ header: 'authorization', value: 'Bearer sk-1' })
  })

  it('cannot add settings, whatever they hold', () => {
    const config = parseConfig('dataDir: "${DIR}"\n', 'f', { DIR: 'x"\npolicy: { haltLeaseMs: 60000 }' })
    expect(config.dataDir).toContain('\npolicy')
    expect(config.policy.haltLeaseMs).toBe(10_000)
  })

  it('that are missing or empty stop the start, by line, path and name', () => {
    const expected =
      'haltgate.yaml:4: engines.primary.credential.value: expected the environment variable ENGINE_KEY to be set'
    expect(problemsOf(withKey)).toEqual([expected])
    expect(problemsOf(withKey, { ENGINE_KEY: '' })).toEqual([expected])
  })

  it('may have a default, and a literal reference is written with two dollars', () => {
    expect(parseConfig('dataDir: "${DIR:-/var/lib/haltgate}"\n', 'f', {}).dataDir).toBe('/var/lib/haltgate')
    expect(parseConfig('dataDir: "$${DIR}"\n', 'f', { DIR: 'x' }).dataDir).toBe('${DIR}')
  })

  it('in comments ask for nothing', () => {
    expect(problemsOf('# dataDir: ${DIR}\n')).toEqual([])
  })
})

describe('the defaults', () => {
  it('hold without a file, and with an empty one', () => {
    expect(parseConfig('', 'f', {})).toEqual(loadConfig(undefined, {}))
    expect(parseConfig('# nothing yet\n', 'f', {})).toEqual(loadConfig(undefined, {}))
  })

  it('listen on loopback only', () => {
    const { traffic, control } = loadConfig(undefined, {})
    expect([traffic.listen, control.listen]).toEqual(['127.0.0.1:8080', '127.0.0.1:8081'])
  })
})

describe('warnings', () => {
  const warningsOf = (text: string) => configWarnings(parseConfig(text, 'f', {})).join('\n')

  it('name an engine that gets the callers’ credentials without having been meant to', () => {
    const elsewhere = `${engines}  backup: { url: https://other.test }\n`
    expect(warningsOf(elsewhere)).toContain('engines.backup is another server than the primary')
    expect(
      warningsOf(`${engines}  backup: { url: https://other.test, credential: { value: x } }\n`),
    ).not.toContain('another server')
    expect(warningsOf(`${engines}  backup: { url: http://engine.test/v2 }\n`)).not.toContain('another server')
  })

  it('name the safe replies that no clinician has approved', () => {
    expect(warningsOf(engines)).toMatch(/safe replies await clinical approval in: .*en/)
  })

  it('name a missing engine, a missing backup, and a shortened plan', () => {
    expect(warningsOf('')).toContain('DEMO engine')
    expect(warningsOf(engines)).toContain('no backup engine')
    expect(warningsOf(`${engines}plan: { timeScale: 60 }\n`)).toContain('never in production')
  })
})

describe('a check', () => {
  it('says what a good file will do, without its secrets', async () => {
    const file = join(folder, 'good.yaml')
    writeFileSync(file, `${engines}stores: { halts: "redis://me:\${PW}@cache.test:6379" }\n`)
    const result = await checkConfig(file, { PW: 'hunter2' })
    expect(result.ok).toBe(true)
    expect(JSON.stringify(result)).toContain('redis://cache.test:6379')
    expect(JSON.stringify(result)).not.toContain('hunter2')
  })

  it('hands back the problems of a wrong one', async () => {
    const file = join(folder, 'wrong.yaml')
    writeFileSync(file, 'polcy: 1\n')
    expect(await checkConfig(file, {})).toEqual({
      ok: false,
      problems: expect.stringContaining(`${file}:1: polcy: unknown setting`),
    })
  })
})

it('an address is shown without user and password', () => {
  expect(withoutSecret('postgres://me:p%40ss@db.test/x')).toBe('postgres://db.test/x')
  expect(withoutSecret('sentinel://:secret@a:1,b:2/name')).toBe('sentinel://a:1,b:2/name')
  expect(withoutSecret('redis://me:p@ss@cache.test')).toBe('redis://cache.test')
  expect(withoutSecret('sqlite')).toBe('sqlite')
})
