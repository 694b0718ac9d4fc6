import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type BuildOptions, build, type Plugin } from 'esbuild'

const root = join(import.meta.dirname, '..')

/**
 * Bundles the gateway and its command line into a folder that needs nothing but Node: one file in place of 1,500, so that it starts
 * in less than half the time. `bin/`, and `src/` with the files that ship, lie in it as in the repository. What the folder held before
 * is gone only when the new code is made. Returns the bytes written.
 */
export async function buildTo(folder: string, plugins: Plugin[] = []): Promise<number> {
  const code = await build({
    ...common,
    entryPoints: ['src/entries.ts'],
    outfile: join(folder, 'src/haltgate.cjs'),
    format: 'cjs',
    // A script, unlike a module, can be kept with all that was compiled of it; `bin/built-code.mjs` calls it.
    banner: { js: '(function (module, exports, require, codeUrl) {' },
    footer: { js: '})' },
    define: { 'import.meta.url': 'codeUrl' },
    plugins,
    metafile: true,
  })
  const entries = await build({
    ...common,
    entryPoints: ['bin/haltgate.mjs', 'bin/haltgate-worker.mjs', { in: 'bin/built-code.mjs', out: 'code' }],
    outdir: join(folder, 'bin'),
    format: 'esm',
    outExtension: { '.js': '.mjs' },
    external: ['./code.mjs'],
  })
  const files = [...code.outputFiles, ...entries.outputFiles].map(({ path, text }) => ({
    path,
    text: inAscii(text),
  }))
  rmSync(folder, { recursive: true, force: true })
  for (const { path, text } of files) {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text, { mode: path.endsWith('haltgate.mjs') ? 0o755 : 0o644 })
  }
  cpSync(join(root, 'src/probes/set'), join(folder, 'src/probes/set'), { recursive: true })
  cpSync(join(root, 'LICENSE'), join(folder, 'LICENSE'))
  writeFileSync(join(folder, 'THIRD-PARTY-LICENSES.txt'), licencesOf(Object.keys(code.metafile.inputs)))
  return files.reduce((sum, { text }) => sum + text.length, 0)
}

const common = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node24',
  // Smaller by a twentieth; names stay as they are, for stack traces.
  minifySyntax: true,
  // They are in a file of their own.
  legalComments: 'none',
  write: false,
  logLevel: 'warning',
} as const satisfies BuildOptions

/**
 * The same code with one byte a letter, which takes half the time and memory to read. esbuild leaves regular expressions and comments as
 * they are; throws where an escape would be another letter.
 */
export function inAscii(code: string): string {
  return code.replace(/(\\*)([^\0-\x7f])/g, (_, slashes: string, letter: string) => {
    if (slashes.length % 2 === 1) throw new Error(`a build cannot have ${slashes}${letter}`)
    return `${slashes}\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}

/** The licences of the packages whose code is in the bundle, as they ask for. */
function licencesOf(inputs: readonly string[]): string {
  const folders = new Set(inputs.flatMap((input) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input) ?? []))
  return [...folders]
    .sort()
    .map((folder) => {
      const manifest: { name: string; version: string; license?: string } = JSON.parse(
        readFileSync(join(root, folder, 'package.json'), 'utf8'),
      )
      const file = readdirSync(join(root, folder)).find((entry) => /^licen[cs]e(\.|$)/i.test(entry))
      const text = file === undefined ? '' : readFileSync(join(root, folder, file), 'utf8').trim()
      return `${manifest.name} ${manifest.version}, ${manifest.license}\n\n${text}\n`
    })
    .join(`\n${'-'.repeat(80)}\n\n`)
}

if (import.meta.main) {
  const bytes = await buildTo(join(root, 'dist'))
  process.stdout.write(
    `dist/: ${(bytes / 1e6).toFixed(1)} MB that need nothing but Node 24 or newer. Here it starts with\n` +
      '  npx node dist/bin/haltgate.mjs start\n',
  )
}
