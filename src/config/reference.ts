import { z } from 'zod'
import { defaultThresholds } from '../plan/default-plan.ts'
import { Config } from './schema.ts'

/** The part of JSON Schema that zod writes for our configuration. */
const Setting = z.object({
  description: z.string().optional(),
  default: z.unknown().optional(),
  enum: z.array(z.unknown()).optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  get items() {
    return Setting.optional()
  },
  get properties() {
    return z.record(z.string(), Setting).optional()
  },
  get additionalProperties() {
    return z.union([Setting, z.boolean()]).optional()
  },
})
type Setting = z.infer<typeof Setting>

/** `docs/configuration.md`: every setting of `haltgate.yaml` with its default, from the schema that checks the file. */
export function configurationPage(): string {
  const schema = Setting.parse(z.toJSONSchema(Config, { io: 'input', unrepresentable: 'any' }))
  return `${intro}\n${sections(schema).join('\n')}\n${thresholds()}`
}

const intro = `# Configuration

One file, \`haltgate.yaml\`: \`--config FILE\` or \`HALTGATE_CONFIG\`. Without it the defaults below hold, and the demo engine
answers. \`haltgate check FILE\` says what is wrong, with line, path and what was expected; a wrong file stops the start.

- Unknown settings are refused, so that a misspelt safety setting cannot vanish.
- \`\${NAME}\` stands for an environment variable, \`\${NAME:-default}\` for one that may be missing, \`$\${\` for a plain \`\${\`.
- On SIGHUP, and when the file changes, it is read again. A wrong file changes nothing: the last good one stays.
  \`traffic.listen\`, \`control\`, \`dataDir\`, \`stores\`, \`policy.haltLeaseMs\` and \`telemetry\` take effect at the next start.
- Times are milliseconds, sizes are bytes.

This page is written by \`npm run docs\` from the schema that checks the file.
`

function sections(schema: Setting): string[] {
  return Object.entries(schema.properties ?? {}).map(([name, section]) => {
    const rows = rowsOf(name, section, true)
    return [`## ${name}\n`, section.description ?? '', '', header, ...rows, ''].join('\n')
  })
}

const header = '| setting | default | what it is |\n|---|---|---|'

/** These have the settings of the primary, which stand there once. */
const repeatedEngines = new Set(['engines.backup', 'engines.previous'])

function rowsOf(path: string, setting: Setting, isSection: boolean): string[] {
  if (repeatedEngines.has(path))
    return [`| \`${path}\` |  | ${setting.description} The same settings as \`engines.primary\`. |`]
  const own = isSection && setting.properties ? [] : [row(path, setting)]
  const fields = Object.entries(setting.properties ?? {}).flatMap(([key, field]) =>
    rowsOf(`${path}.${key}`, field, field.properties !== undefined && field.description === undefined),
  )
  const { additionalProperties } = setting
  const entries =
    typeof additionalProperties === 'object' && additionalProperties.properties
      ? Object.entries(additionalProperties.properties).flatMap(([key, field]) =>
          rowsOf(`${path}.<name>.${key}`, field, false),
        )
      : []
  const items = Object.entries(setting.items?.properties ?? {}).flatMap(([key, field]) =>
    rowsOf(`${path}[].${key}`, field, false),
  )
  return [...own, ...fields, ...entries, ...items]
}

function row(path: string, setting: Setting): string {
  const what = [setting.description ?? '', bounds(setting)].filter((part) => part !== '').join(' ')
  return `| \`${path}\` | ${shown(setting)} | ${what.replaceAll('|', '\\|').replaceAll('\n', ' ')} |`
}

function shown({ default: value, properties }: Setting): string {
  if (value === undefined || (properties !== undefined && JSON.stringify(value) === '{}')) return ''
  return `\`${JSON.stringify(value)}\``
}

function bounds({ enum: values, minimum, maximum }: Setting): string {
  if (values !== undefined) return `One of ${values.map((value) => `\`${value}\``).join(', ')}.`
  const safe = (limit: number | undefined) => limit !== undefined && Math.abs(limit) < Number.MAX_SAFE_INTEGER
  if (safe(minimum) && safe(maximum)) return `${minimum} to ${maximum}.`
  return safe(minimum) ? `At least ${minimum}.` : ''
}

function thresholds(): string {
  const rows = Object.entries(defaultThresholds).map(([name, given]) => {
    const limit =
      given.above !== undefined
        ? `> ${given.above}`
        : given.below !== undefined
          ? `< ${given.below}`
          : `>= ${given.atLeast}`
    const cells = [
      `\`${name}\``,
      `\`${given.signal}\``,
      given.level,
      limit,
      `${given.windowMs / 1000} s`,
      given.minSamples,
      `${given.forMs / 1000} s`,
      given.severity ?? 'no incident',
      (given.responses ?? ['record']).join(', '),
    ]
    return `| ${cells.join(' | ')} |`
  })
  return [
    '### The default thresholds\n',
    'Latencies in milliseconds (p95), rates as shares. A file changes a field of one, switches it off with `false`, or adds its own.\n',
    '| name | signal | level | limit | window | samples | for | incident | responses |',
    '|---|---|---|---|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n')
}
