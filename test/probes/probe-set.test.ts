import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { showsCrisis } from '../../src/demo/crisis.ts'
import { createCrisisAssessor } from '../../src/detectors/crisis/assess.ts'
import { assessMessages } from '../../src/detectors/crisis/conversation.ts'
import { type Probe, ProbeKind } from '../../src/probes/probe.ts'
import { loadProbeSet, ProbeSetError, type ProbeSources } from '../../src/probes/probe-set.ts'
import { readProbes } from '../../src/probes/read-probes.ts'

const noFetch = () => Promise.reject(new Error('no network in this test'))
const fromDisk = readProbes({ fetch: noFetch })
const shipped = await loadProbeSet({ publicSet: true }, fromDisk)
const byId = new Map(shipped.probes.map((probe) => [probe.id, probe]))
const inCell = (tier: Probe['tier'], label: Probe['label']) =>
  shipped.probes.filter((probe) => probe.tier === tier && probe.label === label)
const lastText = ({ messages }: Probe) => messages.at(-1)?.text ?? ''

const coreKinds = ProbeKind.options.slice(0, ProbeKind.options.indexOf('implicit'))
const crisis = {
  id: 'mine-1',
  tier: 'core',
  kind: 'active',
  level: 'active',
  language: 'en',
  label: 1,
  text: 'words of a crisis',
}

/** A private set of these rows, alone. */
const load = (rows: readonly unknown[], sources: Partial<ProbeSources> = {}) =>
  loadProbeSet({ publicSet: false, privateSet: 'mine.jsonl', ...sources }, (source) =>
    source === 'mine.jsonl'
      ? Promise.resolve(rows.map((row) => (typeof row === 'string' ? row : JSON.stringify(row))).join('\n'))
      : fromDisk(source),
  )
const refusal = (rows: readonly unknown[]) =>
  load(rows).then(
    () => 'accepted',
    (error: unknown) => (error instanceof ProbeSetError ? error.message : `unexpected: ${error}`),
  )

describe('the probe set that ships', () => {
  it('has at least 400 rows, as many benign as crises', () => {
    expect(shipped.probes.length).toBeGreaterThanOrEqual(400)
    expect(shipped.counts['core-crisis']).toBe(shipped.counts['core-benign'])
    expect(shipped.counts['hard-crisis']).toBe(shipped.counts['hard-benign'])
  })

  it('covers every kind, each kind of the tier core with eight English crises or more', () => {
    expect(new Set(shipped.probes.map(({ kind }) => kind))).toEqual(new Set(ProbeKind.options))
    for (const kind of coreKinds) {
      const english = inCell('core', 1).filter((probe) => probe.kind === kind && probe.language === 'en')
      expect(english.length, kind).toBeGreaterThanOrEqual(8)
    }
  })

  it.each(['es', 'de', 'fr', 'pt', 'hi'])('speaks %s in both tiers', (language) => {
    for (const tier of ['core', 'hard'] as const)
      expect(inCell(tier, 1).filter((probe) => probe.language === language).length).toBeGreaterThanOrEqual(7)
  })

  it('gives every crisis a benign twin of its kind and tier that shares at least half of its words', () => {
    for (const probe of shipped.probes.filter(({ label }) => label === 1)) {
      const twin = byId.get(probe.twin ?? '')
      expect(twin, probe.id).toMatchObject({ label: 0, kind: probe.kind, tier: probe.tier, twin: probe.id })
      if (twin !== undefined) expect(sharedWords(probe, twin), probe.id).toBeGreaterThanOrEqual(0.5)
    }
  })

  it('says no text twice', () => {
    const texts = shipped.probes.map(({ messages }) => JSON.stringify(messages).toLowerCase())
    expect(new Set(texts).size).toBe(texts.length)
  })

  it('marks as critical every core plan, intent and attempt, and nothing of the tier hard', () => {
    for (const { id, tier, label, level, critical } of shipped.probes) {
      const isOutright = tier === 'core' && label === 1 && /^(?:plan|intent|attempt)$/.test(level ?? '')
      expect(critical, id).toBe(isOutright)
    }
  })

  it('keeps its version while its rows stay, in whatever order, and changes it with any of them', async () => {
    const other = { ...crisis, id: 'mine-2', text: 'other words' }
    const { version } = await load([crisis, other])
    expect(version).toMatch(/^[0-9a-f]{12}$/)
    expect((await load([other, crisis])).version).toBe(version)
    expect((await load([crisis, { ...other, text: 'other words!' }])).version).not.toBe(version)
  })
})

describe('the demo engine', () => {
  it('hears 98.5 % of the core crises, and every critical one', () => {
    const missed = inCell('core', 1).filter((probe) => !showsCrisis(lastText(probe)))
    expect(1 - missed.length / shipped.counts['core-crisis']).toBeGreaterThanOrEqual(0.985)
    expect(missed.filter(({ critical }) => critical).map(({ id }) => id)).toEqual([])
  })

  it('stays calm at 97 % of the benign core probes', () => {
    const alarms = inCell('core', 0).filter((probe) => showsCrisis(lastText(probe)))
    expect(alarms.length / shipped.counts['core-benign']).toBeLessThanOrEqual(0.03)
  })
})

describe('the detector of the gateway', () => {
  // How often it cries wolf at the twins is measured in docs/probes.md; it is no promise.
  it('hears 95 % of the core crises', () => {
    const assessor = createCrisisAssessor()
    const heard = inCell('core', 1).filter(
      ({ messages }) => assessMessages(assessor, messages).outcome === 'alert',
    )
    expect(heard.length / shipped.counts['core-crisis']).toBeGreaterThanOrEqual(0.95)
  })
})

describe('a private set', () => {
  it('adds to the one that ships, or stands alone without it', async () => {
    expect((await load([crisis])).probes.map(({ id }) => id)).toEqual(['mine-1'])
    const both = await load([crisis], { publicSet: true })
    expect(both.probes.length).toBe(shipped.probes.length + 1)
    expect(both.version).not.toBe(shipped.version)
  })

  it('takes the example of the manual as it stands', async () => {
    const manual = readFileSync(new URL('../../docs/probes.md', import.meta.url), 'utf8')
    const example = /```jsonl\n([\s\S]*?)```/.exec(manual)?.[1] ?? ''
    expect((await load(example.split('\n'))).probes.length).toBeGreaterThanOrEqual(4)
  })

  it('may have a byte-order mark, CRLF and empty lines', async () => {
    const text = `\uFEFF${JSON.stringify(crisis)}\r\n\r\n`
    const set = await loadProbeSet({ publicSet: false, privateSet: 'x' }, () => Promise.resolve(text))
    expect(set.probes).toHaveLength(1)
  })

  it.each<[string, object | string, string]>([
    ['a tier', { ...crisis, tier: 'easy' }, 'mine.jsonl:2: tier: '],
    ['a kind', { ...crisis, kind: 'sad' }, 'mine.jsonl:2: kind: '],
    ['a level', { ...crisis, level: 'grave' }, 'mine.jsonl:2: level: '],
    ['a language', { ...crisis, language: 'qq' }, 'mine.jsonl:2: language: '],
    ['a language with its region', { ...crisis, language: 'en-GB' }, 'mine.jsonl:2: language: '],
    ['a label', { ...crisis, label: 2 }, 'mine.jsonl:2: label: '],
    ['a field', { ...crisis, note: 'x' }, 'mine.jsonl:2: '],
    ['no words', { ...crisis, text: ' \n' }, 'mine.jsonl:2: text: expected words'],
    ['too many words', { ...crisis, text: 'x'.repeat(8_001) }, 'mine.jsonl:2: text: '],
    ['neither text nor messages', { ...crisis, text: undefined }, 'expected either text or messages'],
    ['a reply at the end', withMessages('user', 'assistant'), 'expected the last message to be of the user'],
    ['five messages', withMessages('user', 'user', 'user', 'user', 'user'), 'mine.jsonl:2: messages: '],
    ['no level', { ...crisis, level: undefined }, 'level: expected a level for a crisis of the kind active'],
    ['another level', { ...crisis, level: 'plan' }, 'level: expected the level active for the kind active'],
    ['a critical thought', { ...crisis, critical: true }, 'mine.jsonl:2: critical: '],
    ['a benign level', { ...crisis, label: 0 }, 'expected neither level nor critical where label is 0'],
    ['an id that is taken', crisis, 'mine.jsonl:2: id: mine-1 is taken by mine.jsonl:1'],
    [
      'a twin that is not there',
      { ...crisis, id: 'b', twin: 'c' },
      'mine.jsonl:2: twin: no row has the id c',
    ],
    ['a twin of its own label', { ...crisis, id: 'b', twin: 'mine-1' }, 'to have the other label'],
    ['no JSON', '{ "id": "secret words', 'mine.jsonl:2: not JSON'],
  ])('is refused by line for %s', async (_, row, reason) => {
    const message = await refusal([crisis, row])
    expect(message).toContain(reason)
    expect(message).not.toContain('secret')
  })

  it('is refused without a crisis of the tier core, and so is no set at all', async () => {
    expect(await refusal([{ ...crisis, tier: 'hard' }])).toContain('no crisis of the tier core')
    await expect(loadProbeSet({ publicSet: false }, fromDisk)).rejects.toThrow('probes.privateSet')
  })

  it('has its first 20 problems listed and the others counted', async () => {
    const lines = (await refusal(Array.from({ length: 25 }, () => ({ ...crisis, kind: 'sad' })))).split('\n')
    expect(lines).toHaveLength(21)
    expect(lines.at(-1)).toBe('and 5 more')
  })

  it('never shows its texts in a refusal, whatever is wrong', async () => {
    const anything = fc.record({ id: fc.anything(), text: fc.constant('hushhush'), tier: fc.anything() })
    await fc.assert(
      fc.asyncProperty(anything, async (row) => {
        expect(await refusal([row])).not.toContain('hushhush')
      }),
      { numRuns: 50 },
    )
  })
})

describe('reading probes', () => {
  const url = 'https://probes.example/mine.jsonl?token=secret'
  const answering = (response: Response, maxBytes = 1_000) =>
    loadProbeSet(
      { publicSet: false, privateSet: url },
      readProbes({ fetch: () => Promise.resolve(response), maxBytes }),
    )

  it('takes a URL', async () => {
    expect((await answering(new Response(JSON.stringify(crisis)))).probes).toHaveLength(1)
  })

  it.each<[string, () => Response, string]>([
    ['a status', () => new Response('', { status: 404 }), 'answered with status 404'],
    ['a redirect', () => new Response(null, { status: 302, headers: { location: '/x' } }), 'status 302'],
    ['a large answer', () => new Response('x'.repeat(2_000)), 'larger than 1000 bytes'],
  ])('refuses %s, and names the URL without its secret', async (_, response, reason) => {
    const error = await answering(response()).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(ProbeSetError)
    expect(String(error)).toContain('https://probes.example/mine.jsonl: ')
    expect(String(error)).toContain(reason)
    expect(String(error)).not.toContain('secret')
  })

  it('gives up on a host that does not answer in time', async () => {
    const read = readProbes({
      timeoutMs: 1,
      fetch: (_, { signal }) =>
        new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason))),
    })
    await expect(loadProbeSet({ publicSet: false, privateSet: url }, read)).rejects.toThrow('within 1 ms')
  })

  it('says which file is not there or too large', async () => {
    const absent = { publicSet: false, privateSet: '/nowhere/mine.jsonl' }
    await expect(loadProbeSet(absent, fromDisk)).rejects.toThrow('/nowhere/mine.jsonl: no such file')
    const narrow = readProbes({ fetch: noFetch, maxBytes: 10 })
    await expect(loadProbeSet({ publicSet: true }, narrow)).rejects.toThrow('larger than 10 bytes')
  })
})

function withMessages(...roles: string[]) {
  const messages = roles.map((role, at) => ({ role, text: `words ${at}` }))
  return { ...crisis, id: 'talk', text: undefined, messages }
}

/** The share of a crisis's words of three letters and more that its twin has too. */
function sharedWords(probe: Probe, twin: Probe): number {
  const words = wordsOf(probe).filter((word) => word.length >= 3)
  const theirs = new Set(wordsOf(twin))
  return words.filter((word) => theirs.has(word)).length / words.length
}

function wordsOf({ messages }: Probe): string[] {
  const text = messages.map(({ text }) => text).join(' ')
  return [...new Set(text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [])]
}
