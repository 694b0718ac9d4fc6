/** One TCP address. */
export interface HostPort {
  host: string
  port: number
}

/** What every node is spoken to with. */
export interface RedisCredentials {
  username?: string
  password?: string
  tls: boolean
  /** Database index; always 0 in a Cluster. */
  db: number
}

/** Where a Redis is, in one of the three ways in which Redis is run. */
export type RedisAddress = RedisCredentials &
  (
    | { form: 'single'; node: HostPort }
    | {
        form: 'sentinel'
        sentinels: HostPort[]
        primaryName: string
        /** The Sentinels' own login, where they have one. */
        sentinelUsername?: string
        sentinelPassword?: string
      }
    | { form: 'cluster'; seeds: HostPort[] }
  )

const SHAPE = /^([a-z-]+):\/\/([^/?#]*)(?:\/([^?#]*))?(?:\?([^#]*))?$/
const SCHEMES = {
  redis: { form: 'single', defaultPort: 6379, parameters: [] },
  rediss: { form: 'single', defaultPort: 6379, parameters: [] },
  sentinel: {
    form: 'sentinel',
    defaultPort: 26379,
    parameters: ['db', 'tls', 'sentinelUsername', 'sentinelPassword'],
  },
  'redis-cluster': { form: 'cluster', defaultPort: 6379, parameters: ['tls'] },
} as const
type Scheme = keyof typeof SCHEMES

/**
 * Reads the address of a Redis:
 * - `redis://[user:password@]host[:6379][/db]`, with TLS `rediss://`
 * - `sentinel://[user:password@]host[:26379],host,…/primary-name[?db=0&tls=true&sentinelUsername=…&sentinelPassword=…]`
 * - `redis-cluster://[user:password@]host[:6379],host,…[?tls=true]`
 *
 * User and password are percent-encoded; IPv6 hosts stand in brackets. Throws an `Error` that says how to write it.
 * Nothing of the text is repeated in the error, because a misplaced character can make a password look like a host.
 */
export function parseRedisAddress(text: string): RedisAddress {
  const [, schemeName = '', authority = '', path = '', query] = SHAPE.exec(text) ?? []
  if (!isScheme(schemeName)) {
    throw new Error('a Redis address begins with redis://, rediss://, sentinel:// or redis-cluster://')
  }
  const scheme = SCHEMES[schemeName]
  const at = authority.lastIndexOf('@')
  const login = parseLogin(at < 0 ? '' : authority.slice(0, at))
  const hosts = authority
    .slice(at + 1)
    .split(',')
    .map((host, index) => parseHost(host, index, scheme.defaultPort))
  const parameters = parseParameters(query, scheme.parameters)
  const tls = schemeName === 'rediss' || parseFlag(parameters.get('tls'))

  switch (scheme.form) {
    case 'single': {
      const [node, ...others] = hosts
      if (node === undefined || others.length > 0) {
        throw new Error('redis:// names one host; for several write sentinel:// or redis-cluster://')
      }
      return { form: 'single', node, ...login, tls, db: parseDb(path) }
    }
    case 'sentinel': {
      const primaryName = decode(path, 'the name of the primary')
      if (!/^[\w.-]+$/.test(primaryName)) {
        throw new Error('a sentinel:// address ends with the name of the primary: sentinel://a,b,c/mymaster')
      }
      const sentinelUsername = parameters.get('sentinelUsername')
      const sentinelPassword = parameters.get('sentinelPassword')
      return {
        form: 'sentinel',
        sentinels: hosts,
        primaryName,
        ...login,
        ...(sentinelUsername ? { sentinelUsername } : {}),
        ...(sentinelPassword ? { sentinelPassword } : {}),
        tls,
        db: parseDb(parameters.get('db') ?? ''),
      }
    }
    case 'cluster':
      if (path !== '' && path !== '0')
        throw new Error('a Redis Cluster has database 0 only; leave out the path')
      return { form: 'cluster', seeds: hosts, ...login, tls, db: 0 }
  }
}

/** The address without anything secret, for logs and `haltgate status`. */
export function describeRedisAddress(address: RedisAddress): string {
  switch (address.form) {
    case 'single':
      return `${address.tls ? 'rediss' : 'redis'}://${hostPort(address.node)}/${address.db}`
    case 'sentinel':
      return `sentinel://${address.sentinels.map(hostPort).join(',')}/${address.primaryName}`
    case 'cluster':
      return `redis-cluster://${address.seeds.map(hostPort).join(',')}`
  }
}

/** `host:port`, an IPv6 host in brackets. */
export function hostPort({ host, port }: HostPort): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

function isScheme(name: string): name is Scheme {
  return Object.hasOwn(SCHEMES, name)
}

function parseLogin(text: string): { username?: string; password?: string } {
  if (text === '') return {}
  const colon = text.indexOf(':')
  if (colon < 0) throw new Error('a login is written user:password@ or :password@')
  const username = decode(text.slice(0, colon), 'the user name')
  const password = decode(text.slice(colon + 1), 'the password')
  if (password === '') throw new Error('the login has no password; write user:password@ or :password@')
  return username === '' ? { password } : { username, password }
}

function parseHost(text: string, index: number, defaultPort: number): HostPort {
  const [, bracketed, plain, portText] = /^(?:\[([0-9a-fA-F:.]+)\]|([\w.-]+))(?::(\d+))?$/.exec(text) ?? []
  const host = bracketed ?? plain
  const port = portText === undefined ? defaultPort : Number(portText)
  if (host === undefined || port < 1 || port > 65_535) {
    throw new Error(
      `host number ${index + 1} is not written host:port (percent-encode / ? # @ and : in a password)`,
    )
  }
  return { host, port }
}

function parseParameters(query: string | undefined, allowed: readonly string[]): URLSearchParams {
  const parameters = new URLSearchParams(query ?? '')
  for (const name of parameters.keys()) {
    if (allowed.includes(name)) continue
    const known = allowed.length === 0 ? 'none' : allowed.join(', ')
    throw new Error(`this kind of Redis address has an unknown parameter after the ?; known: ${known}`)
  }
  return parameters
}

function parseFlag(text: string | null): boolean {
  if (text === null || text === 'false') return false
  if (text === 'true') return true
  throw new Error('the parameter tls is true or false')
}

function parseDb(text: string): number {
  if (!/^\d{0,4}$/.test(text)) throw new Error('the database is a number, as in redis://host:6379/0')
  return Number(text)
}

function decode(text: string, what: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new Error(`${what} is not percent-encoded correctly`)
  }
}
