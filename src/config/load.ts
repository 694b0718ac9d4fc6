import { readFileSync } from 'node:fs'
import { type Document, isNode, LineCounter, parseDocument } from 'yaml'
import { createTexts } from '../safe-reply/texts.ts'
import { resolveReferences } from './env-references.ts'
import { Config } from './schema.ts'

type Environment = Record<string, string | undefined>
type Path = readonly PropertyKey[]

/** A configuration that cannot be used. `message` lists every problem with file, line and path, ready to print. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

/**
 * Reads and checks a configuration file. Without a file the defaults of the plan hold.
 * Throws `ConfigError` for a file that is missing, not YAML, or not a configuration.
 */
export function loadConfig(file: string | undefined, env: Environment): Config {
  if (file === undefined) return Config.parse({})
  return parseConfig(readText(file), file, env)
}

/** Checks the text of a configuration file; `name` stands in the messages. Throws `ConfigError`. */
export function parseConfig(text: string, name: string, env: Environment): Config {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true })
  const problems = document.errors.map(
    (error) => `${name}:${lines.linePos(error.pos[0]).line}: ${firstLine(error.message)}`,
  )
  if (problems.length > 0) throw configError(name, problems)

  const { value, missing } = resolveReferences(toPlain(document, name) ?? {}, env)
  for (const { path, name: variable } of missing)
    problems.push(
      `${where(name, document, lines, path)}: expected the environment variable ${variable} to be set`,
    )
  if (problems.length > 0) throw configError(name, problems)

  const parsed = Config.safeParse(value)
  if (parsed.success) return parsed.data
  throw configError(
    name,
    parsed.error.issues.flatMap((issue) => {
      if (issue.code !== 'unrecognized_keys')
        return [`${where(name, document, lines, issue.path)}: ${issue.message}`]
      return issue.keys.map(
        (key) =>
          `${where(name, document, lines, [...issue.path, key])}: unknown setting; see docs/configuration.md for the known ones`,
      )
    }),
  )
}

/** The result of `haltgate check`. */
export async function checkConfig(
  file: string | undefined,
  env: Environment,
): Promise<{ ok: true; summary: string; warnings: string[] } | { ok: false; problems: string }> {
  try {
    const config = loadConfig(file, env)
    return { ok: true, summary: summarise(config, file), warnings: configWarnings(config) }
  } catch (error) {
    if (error instanceof ConfigError) return { ok: false, problems: error.message }
    throw error
  }
}

/** What an operator should know about a configuration that is right but not what production wants. */
export function configWarnings(config: Config): string[] {
  const warnings: string[] = []
  if (config.engines.primary === undefined) warnings.push('no engine is configured: the DEMO engine answers')
  if (config.engines.primary !== undefined && config.engines.backup === undefined)
    warnings.push('no backup engine: when the primary fails people get the safe reply')
  warnings.push(...strayCredentials(config.engines))
  const unapproved = createTexts().unapproved()
  if (unapproved.length > 0)
    warnings.push(`safe replies await clinical approval in: ${unapproved.join(', ')}`)
  if (config.policy.mode === 'observe')
    warnings.push(
      'policy.mode is observe: disclosures and harmful replies are recorded, and nobody is helped by it',
    )
  if (config.plan.timeScale !== 1)
    warnings.push(
      `plan.timeScale is ${config.plan.timeScale}: every clock of the plan is shortened; never in production`,
    )
  return warnings
}

/** What callers send to prove themselves to the primary is not for another company's server. */
function strayCredentials({ primary, backup, previous }: Config['engines']): string[] {
  if (primary === undefined) return []
  return Object.entries({ backup, previous }).flatMap(([name, engine]) => {
    if (engine === undefined || engine.credential !== undefined) return []
    if (new URL(engine.url).origin === new URL(primary.url).origin) return []
    return [
      `engines.${name} is another server than the primary and has no credential of its own: callers' authorization goes there too`,
    ]
  })
}

function summarise(config: Config, file: string | undefined): string {
  const engines = (['primary', 'backup', 'previous'] as const)
    .flatMap((name) => {
      const engine = config.engines[name]
      return engine === undefined ? [] : [`${name} ${new URL(engine.url).origin} (${engine.dialect})`]
    })
    .join(', ')
  return [
    `${file ?? 'no file: the defaults'} can be used`,
    `  traffic ${config.traffic.listen}, control ${config.control.listen}, data in ${config.dataDir}`,
    `  engines: ${engines || 'the demo engine'}`,
    `  halts in ${withoutSecret(config.stores.halts)}, records in ${withoutSecret(config.stores.records)}`,
  ].join('\n')
}

/** A store's address without user and password. */
export function withoutSecret(address: string): string {
  return address.replace(/\/\/[^/]*@/, '//')
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new ConfigError(`cannot read the configuration file ${file}: ${reason}`, { cause })
  }
}

function configError(name: string, problems: string[]): ConfigError {
  return new ConfigError(`${name} cannot be used:\n${problems.map((problem) => `  ${problem}`).join('\n')}`)
}

/** Throws `ConfigError` for aliases that unfold to more than any configuration is. */
function toPlain(document: Document, name: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 })
  } catch (error) {
    throw configError(name, [error instanceof Error ? firstLine(error.message) : String(error)])
  }
}

/** `file:line: path`, the line of the nearest part of the path that the file has. */
function where(name: string, document: Document, lines: LineCounter, path: Path): string {
  for (let length = path.length; length >= 0; length--) {
    const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true)
    if (isNode(node) && node.range) return `${name}:${lines.linePos(node.range[0]).line}: ${dotted(path)}`
  }
  return `${name}: ${dotted(path)}`
}

const dotted = (path: Path) => (path.length === 0 ? '(top level)' : path.map(String).join('.'))

const firstLine = (text: string) => text.split('\n', 1)[0] ?? text
