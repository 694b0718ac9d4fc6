import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'

// The tests run against real servers. What is missing is installed where that can be done (apt, as root); elsewhere
// this says exactly what to install and ends with 1.

interface Server {
  programs: string[]
  package: string
  /** Where the programs may be besides PATH. */
  folders: string[]
}

const postgresVersions = '/usr/lib/postgresql'

const servers: Server[] = [
  { programs: ['redis-server'], package: 'redis-server', folders: [] },
  { programs: ['redis-sentinel'], package: 'redis-sentinel', folders: [] },
  { programs: ['initdb', 'postgres'], package: 'postgresql', folders: postgresFolders() },
]

const missing = servers.filter((server) => !isInstalled(server))
if (missing.length > 0) {
  const packages = missing.map((server) => server.package)
  if (canInstall()) install(packages)
  const stillMissing = servers.filter((server) => !isInstalled({ ...server, folders: foldersNow(server) }))
  if (stillMissing.length > 0) explain(stillMissing)
}

function isInstalled({ programs, folders }: Server): boolean {
  const places = [...folders, ...(process.env.PATH ?? '').split(delimiter), '/usr/bin', '/usr/sbin']
  return places.some((place) => programs.every((program) => isExecutable(join(place, program))))
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function postgresFolders(): string[] {
  if (!existsSync(postgresVersions)) return []
  return readdirSync(postgresVersions).map((version) => join(postgresVersions, version, 'bin'))
}

/** Looked at again: an installation has made folders that were not there before. */
function foldersNow(server: Server): string[] {
  return server.package === 'postgresql' ? postgresFolders() : server.folders
}

function canInstall(): boolean {
  return process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')
}

function install(packages: string[]): void {
  console.log(`installing for the tests: ${packages.join(', ')}`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const apt = (...args: string[]) =>
    spawnSync('apt-get', ['-q', ...args], { env, stdio: ['ignore', 'ignore', 'inherit'] }).status
  const startDaemons = keepDaemonsFromStarting()
  try {
    // A failed update may be one broken source among many: the installation decides.
    apt('update')
    const status = apt('install', '-y', '--no-install-recommends', ...packages)
    if (status !== 0) console.error(`apt-get install ended with ${status}`)
  } finally {
    startDaemons()
  }
}

/** The tests start their own servers; the packages' daemons would only take ports and memory. */
function keepDaemonsFromStarting(): () => void {
  const policy = '/usr/sbin/policy-rc.d'
  if (existsSync(policy)) return () => {}
  writeFileSync(policy, '#!/bin/sh\nexit 101\n', { flag: 'wx', mode: 0o755 })
  return () => rmSync(policy)
}

function explain(lacking: Server[]): never {
  console.error(
    [
      'The tests need real servers, and these are missing:',
      ...lacking.map((server) => `  ${server.programs.join(' and ')}`),
      'Install them and run the tests again:',
      `  Debian, Ubuntu: sudo apt-get install --no-install-recommends ${lacking.map((server) => server.package).join(' ')}`,
      '  macOS: brew install redis postgresql',
    ].join('\n'),
  )
  process.exit(1)
}
