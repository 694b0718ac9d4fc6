/**
 * Shows that the tests of the detectors, of the way back from a halt and of the tests of crisis detection notice faults: applies
 * one small fault at a time to a copy of the source in a temporary folder and runs the tests concerned there. Exits with 1 when a fault goes unnoticed or cannot be applied any more.
 *
 *   node scripts/mutation-check.ts [WORDS OF A NAME]
 */
import { spawnSync } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, sep } from 'node:path'
import { z } from 'zod'
import { type Mutation, mutations, withFault } from './mutation/mutations.ts'

const root = join(import.meta.dirname, '..')
const wanted = process.argv.slice(2).join(' ')
const chosen = mutations.filter(({ name }) => name.includes(wanted))
const copied = [
  'src',
  'scripts',
  'training',
  'docs',
  ...['detectors', 'breakers', 'signals', 'probes', 'responses', 'fixtures', 'stores'].map(
    (name) => `test/${name}`,
  ),
  'test/recent-map.test.ts',
  'package.json',
  'tsconfig.json',
]
/** The slow tests have their turn when the others have noticed nothing. */
const slow = ['hostile-input', 'appearance']
const crisisTests = [
  ['test/detectors/crisis', 'test/detectors/text', '--exclude', `**/{${slow.join(',')}}.test.ts`],
  slow,
]
const replyTests = [['test/detectors/harmful-reply']]
const memoryTests = [['test/recent-map']]
const haltTests = [['test/breakers/clearance', 'test/breakers/halt-set']]
const detectionTests = [['test/signals', 'test/probes', 'test/responses/respond-to-detection']]

function testsOf(file: string) {
  if (file.includes('/harmful-reply/')) return replyTests
  if (file.endsWith('/recent-map.ts')) return memoryTests
  if (file.includes('/breakers/')) return haltTests
  return file.includes('/detectors/') ? crisisTests : detectionTests
}

async function check(): Promise<number> {
  for (const name of copied) await cp(join(root, name), join(folder, name), { recursive: true })
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction')
  await writeFile(join(folder, 'vitest.config.mjs'), config)

  const healthy = noticedBy([...crisisTests, ...replyTests, ...memoryTests, ...haltTests, ...detectionTests])
  if (healthy !== undefined) {
    process.stderr.write(`Without any fault a test fails, so nothing can be shown: ${healthy}\n`)
    return 1
  }
  let unnoticed = 0
  for (const mutation of chosen) {
    const startedMs = performance.now()
    const result = await tryOut(mutation)
    const seconds = ((performance.now() - startedMs) / 1000).toFixed(1)
    if (!result.isNoticed) unnoticed++
    process.stdout.write(
      `${result.isNoticed ? 'noticed  ' : 'UNNOTICED'} ${seconds.padStart(5)} s  ${mutation.name}\n${' '.repeat(20)}${result.by}\n`,
    )
  }
  process.stdout.write(`${chosen.length - unnoticed} of ${chosen.length} faults are noticed\n`)
  return unnoticed === 0 && chosen.length > 0 ? 0 : 1
}

async function tryOut(mutation: Mutation): Promise<{ isNoticed: boolean; by: string }> {
  const { file } = mutation
  const path = join(folder, ...file.split('/'))
  const source = await readFile(path, 'utf8')
  const faulty = withFault(source, mutation)
  if (faulty === undefined)
    return {
      isNoticed: false,
      by: `not found exactly once in ${file}: the list of faults needs another look`,
    }
  await writeFile(path, faulty)
  try {
    const test = noticedBy(testsOf(file))
    return { isNoticed: test !== undefined, by: test ?? `no test notices it (${file})` }
  } finally {
    await writeFile(path, source)
  }
}

/** The first test that fails, or `undefined` when all pass. */
function noticedBy(rounds: readonly (readonly string[])[]): string | undefined {
  const reportFile = join(folder, 'report.json')
  for (const which of rounds) {
    const { status, stderr } = spawnSync(
      process.execPath,
      [
        join(root, 'node_modules/vitest/vitest.mjs'),
        'run',
        '--root',
        folder,
        '--bail=1',
        '--reporter=json',
        `--outputFile=${reportFile}`,
        ...which,
      ],
      { cwd: folder, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
    )
    if (status === 0) continue
    const report = Report.safeParse(jsonIn(reportFile))
    const failed = report.data?.testResults.flatMap((file) =>
      file.assertionResults
        .filter((test) => test.status === 'failed')
        .map(
          (test) => `${file.name.split(/[\\/]/).slice(-2).join('/')}: ${test.fullName.replace(/\s+/g, ' ')}`,
        ),
    )
    // A fault that keeps a file from loading is noticed too.
    const broken = report.data?.testResults.find(({ message = '' }) => message !== '')?.message
    return failed?.[0] ?? broken ?? stderr.trim().split('\n')[0] ?? 'a crash'
  }
  return undefined
}

const Report = z.object({
  testResults: z.array(
    z.object({
      name: z.string().transform((name) => name.split(sep).join('/')),
      message: z.string().optional(),
      assertionResults: z.array(z.object({ status: z.string(), fullName: z.string() })),
    }),
  ),
})

function jsonIn(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return undefined
  } finally {
    rmSync(path, { force: true })
  }
}

/** One file after the other in one process, so that a machine with other work is not flooded. */
const config = `export default {
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 20_000,
    fileParallelism: false,
    isolate: false,
    cache: false,
  },
}
`

const folder = await mkdtemp(join(tmpdir(), 'haltgate-mutations-'))
try {
  process.exitCode = await check()
} finally {
  await rm(folder, { recursive: true, force: true })
}
