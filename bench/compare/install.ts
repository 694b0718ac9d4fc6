import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { npmFolder, peersFolder, pins, venvFolder } from './places.ts'

/**
 * Installs the peers of the comparison, exactly the versions in `pins/`, into a folder of the bench's own: nothing of them
 * becomes a dependency of the project. nginx is the distribution's, for that is the one people run. One that cannot be
 * installed does not keep the others away; `npm run bench:compare` says what is missing.
 */

const venvHelp = ['-m', 'venv', '--help']
const steps: [name: string, install: () => void][] = [
  ['nginx', installNginx],
  ['Portkey gateway', installNpm],
  ['LiteLLM proxy', installVenv],
]

let failed = 0
for (const [name, install] of steps) {
  try {
    install()
    console.log(`${name}: there`)
  } catch (error) {
    failed++
    console.error(`${name}: ${error instanceof Error ? error.message : String(error)}`)
  }
}
if (failed > 0) process.exitCode = 1

function installNginx() {
  if (answers('nginx', ['-v'])) return
  if (process.getuid?.() !== 0 || !answers('apt-get', ['--version']))
    throw new Error('run `apt-get install nginx-light` as root, or put any nginx on the PATH')
  run('apt-get', ['update'])
  run('apt-get', ['install', '--yes', '--no-install-recommends', 'nginx-light'])
}

/** Without the scripts of the packages: a comparison needs none. */
function installNpm() {
  mkdirSync(npmFolder, { recursive: true })
  for (const file of ['package.json', 'package-lock.json']) cpSync(join(pins, file), join(npmFolder, file))
  run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--prefix', npmFolder])
}

/** The distribution's Python before any other on the PATH: it is built with the optimisations that people run it with. */
function installVenv() {
  const python = answers('/usr/bin/python3', venvHelp) ? '/usr/bin/python3' : 'python3'
  if (!answers(python, venvHelp))
    throw new Error('needs Python 3.10 or newer with venv: `apt-get install python3-venv` as root')
  mkdirSync(peersFolder, { recursive: true })
  run(python, ['-m', 'venv', '--clear', venvFolder])
  run(join(venvFolder, 'bin/pip'), ['install', '--quiet', '--requirement', join(pins, 'requirements.txt')])
}

function run(program: string, args: string[]) {
  execFileSync(program, args, { stdio: ['ignore', 'inherit', 'inherit'] })
}

function answers(program: string, args: string[]): boolean {
  try {
    execFileSync(program, args, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
