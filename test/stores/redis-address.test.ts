import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { describeRedisAddress, hostPort, parseRedisAddress } from '../../src/stores/redis-address.ts'

describe('parseRedisAddress', () => {
  it.each([
    ['redis://localhost', { form: 'single', node: { host: 'localhost', port: 6379 }, tls: false, db: 0 }],
    [
      'redis://10.0.0.1:7000/3',
      { form: 'single', node: { host: '10.0.0.1', port: 7000 }, tls: false, db: 3 },
    ],
    ['rediss://[::1]:7000/', { form: 'single', node: { host: '::1', port: 7000 }, tls: true, db: 0 }],
    [
      'redis://:p%40ss@redis.internal:6379/0',
      { form: 'single', node: { host: 'redis.internal', port: 6379 }, password: 'p@ss', tls: false, db: 0 },
    ],
    [
      'sentinel://ann:s3cret@a,b:5,c/my.primary-1?db=2&tls=true&sentinelUsername=s&sentinelPassword=t',
      {
        form: 'sentinel',
        sentinels: [
          { host: 'a', port: 26379 },
          { host: 'b', port: 5 },
          { host: 'c', port: 26379 },
        ],
        primaryName: 'my.primary-1',
        username: 'ann',
        password: 's3cret',
        sentinelUsername: 's',
        sentinelPassword: 't',
        tls: true,
        db: 2,
      },
    ],
    [
      'redis-cluster://a:1,b:2?tls=false',
      {
        form: 'cluster',
        seeds: [
          { host: 'a', port: 1 },
          { host: 'b', port: 2 },
        ],
        tls: false,
        db: 0,
      },
    ],
  ])('reads %s', (text, expected) => {
    expect(parseRedisAddress(text)).toEqual(expected)
  })

  it.each([
    ['', /begins with redis:/],
    ['localhost:6379', /begins with redis:/],
    ['http://localhost', /begins with redis:/],
    ['constructor://localhost', /begins with redis:/],
    ['redis://', /host number 1 /],
    ['redis://a:0', /host number 1 /],
    ['redis://a:65536', /host number 1 /],
    ['redis://a:b', /host number 1 /],
    ['redis-cluster://a,,b', /host number 2 /],
    ['redis://a,b', /names one host/],
    ['redis://a/mydb', /database is a number/],
    ['redis://a/0?db=1', /unknown parameter.*known: none/],
    ['sentinel://a,b,c', /name of the primary/],
    ['sentinel://a,b,c/two words', /name of the primary/],
    ['sentinel://a/m?tsl=true', /unknown parameter.*known: db, tls/],
    ['sentinel://a/m?tls=yes', /true or false/],
    ['sentinel://a/m?db=one', /database is a number/],
    ['redis-cluster://a/1', /database 0 only/],
    ['redis://ann@a', /login is written/],
    ['redis://ann:@a', /no password/],
    ['redis://:%E0%A4%A@a', /password is not percent-encoded/],
  ])('refuses %s and says how to write it', (text, message) => {
    expect(() => parseRedisAddress(text)).toThrow(message)
  })

  const host = fc.oneof(fc.domain(), fc.ipV4(), fc.ipV6())
  const nodes = fc.array(fc.record({ host, port: fc.integer({ min: 1, max: 65_535 }) }), {
    minLength: 1,
    maxLength: 5,
  })
  const secret = fc.string({ minLength: 1, unit: 'grapheme' })

  it('reads back whatever login and hosts are written by its rules', () => {
    fc.assert(
      fc.property(
        nodes,
        fc.string({ unit: 'grapheme' }),
        secret,
        fc.boolean(),
        (seeds, username, password, tls) => {
          const login = `${encodeURIComponent(username)}:${encodeURIComponent(password)}`
          const text = `redis-cluster://${login}@${seeds.map(hostPort).join(',')}?tls=${tls}`
          expect(parseRedisAddress(text)).toEqual({
            form: 'cluster',
            seeds,
            ...(username === '' ? {} : { username }),
            password,
            tls,
            db: 0,
          })
        },
      ),
    )
  })

  it('never shows a password, in a description or in an error, however badly it is written', () => {
    const marker = 'QXPASSWORDXQ'
    const around = fc.string({ unit: fc.constantFrom('/', '@', ':', '?', '#', '%', '[', ',', ' ', 'a') })
    const scheme = fc.constantFrom('redis', 'rediss', 'sentinel', 'redis-cluster', 'other', '')
    fc.assert(
      fc.property(scheme, around, around, fc.boolean(), (name, before, after, encoded) => {
        const password = `${before}${marker}${after}`
        const text = `${name}://ann:${encoded ? encodeURIComponent(password) : password}@host:1/name`
        let shown: string
        try {
          const address = parseRedisAddress(text)
          // Where the text happens to be valid otherwise, the marker is in another place, as it was written.
          shown = address.password?.includes(marker) ? describeRedisAddress(address) : ''
        } catch (error) {
          shown = `${error}`
        }
        expect(shown).not.toContain(marker)
      }),
      { numRuns: 500 },
    )
  })
})

describe('describeRedisAddress', () => {
  it.each([
    ['rediss://ann:secret@a:1/2', 'rediss://a:1/2'],
    ['sentinel://:secret@a,[::1]:7/main?sentinelPassword=secret', 'sentinel://a:26379,[::1]:7/main'],
    ['redis-cluster://:secret@a,b', 'redis-cluster://a:6379,b:6379'],
  ])('shows %s without what is secret', (text, shown) => {
    expect(describeRedisAddress(parseRedisAddress(text))).toBe(shown)
  })
})
