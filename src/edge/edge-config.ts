import { z } from 'zod'
import { resolveReferences } from '../config/env-references.ts'
import { Config } from '../config/schema.ts'

/** A configuration with the engine that the edge cannot do without: there is no demo engine here. */
export type EdgeConfig = Config & { engines: { primary: NonNullable<Config['engines']['primary']> } }

/**
 * Reads the Worker's variable `HALTGATE_CONFIG`: the settings of `haltgate.yaml` as JSON text or as a table of
 * `wrangler.toml`, with `${NAME}` standing for the Worker's secrets. Throws `Error` that lists every problem and holds
 * no value.
 */
export function readEdgeConfig(given: unknown, env: Record<string, unknown>): EdgeConfig {
  const { value, missing } = resolveReferences(
    typeof given === 'string' ? parse(given) : (given ?? {}),
    texts(env),
  )
  const problems = missing.map(
    ({ path, name }) =>
      `${path.join('.')}: expected the secret or variable ${name} (wrangler secret put ${name})`,
  )
  if (problems.length > 0) throw configError(problems.join('; '))
  const parsed = Config.safeParse(value)
  if (!parsed.success) throw configError(z.prettifyError(parsed.error))
  const config = parsed.data
  if (!hasPrimary(config)) throw configError('engines.primary: expected an engine')
  return config
}

function hasPrimary(config: Config): config is EdgeConfig {
  return config.engines.primary !== undefined
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw configError('it is not JSON', cause)
  }
}

/** Bindings that are no text cannot be referred to. */
function texts(env: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  )
}

function configError(what: string, cause?: unknown): Error {
  return new Error(`HALTGATE_CONFIG cannot be used: ${what}`, { cause })
}
