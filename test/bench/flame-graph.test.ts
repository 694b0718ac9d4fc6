import { describe, expect, it } from 'vitest'
import { drawFlameGraph } from '../../scripts/flame-graph/draw.ts'
import { partOf } from '../../scripts/flame-graph/parts.ts'
import {
  CpuProfile,
  type Frame,
  mergeProfile,
  timeByPart,
  withoutSmall,
} from '../../scripts/flame-graph/profile.ts'

const root = 'file:///home/somebody/haltgate/'
const src = (file: string) => `${root}src/${file}`

/** A profile of these stacks, outermost function first, one sample of so many microseconds each. */
function profileOf(
  stacks: readonly { calls: readonly (readonly [string, string])[]; us: number }[],
): CpuProfile {
  const nodes: CpuProfile['nodes'] = [{ id: 1, callFrame: { functionName: '(root)', url: '' }, children: [] }]
  const samples: number[] = []
  for (const { calls } of stacks) {
    let parent = nodes[0]
    for (const [functionName, url] of calls) {
      const id = nodes.length + 1
      const node = { id, callFrame: { functionName, url }, children: [] }
      parent?.children?.push(id)
      nodes.push(node)
      parent = node
    }
    samples.push(nodes.length)
  }
  // Each delta is the time before its sample; what follows the last one is not known.
  return CpuProfile.parse({
    startTime: 1_000,
    nodes,
    samples: [...samples, 1],
    timeDeltas: [0, ...stacks.map(({ us }) => us)],
  })
}

const listen = ['listen', src('listen.ts')] as const
const judge = ['judge', src('detectors/harmful-reply/scan.ts')] as const
const inspect = ['inspect', src('detectors/crisis/crisis.ts')] as const
const fold = ['fold', src('detectors/text/fold.ts')] as const
const idle = ['(idle)', ''] as const

const namesOf = ({ name, children }: Frame): unknown =>
  children.length === 0 ? name : [name, ...children.map(namesOf)]

describe('a flame graph', () => {
  it('joins the calls of one function from the same callers, the dearest first', () => {
    const tree = mergeProfile(
      profileOf([
        { calls: [listen, inspect], us: 30 },
        { calls: [listen, judge], us: 50 },
        { calls: [listen, inspect], us: 40 },
        { calls: [listen], us: 5 },
      ]),
      { root },
    )
    expect(namesOf(tree)).toEqual(['all', ['listen', 'inspect', 'judge']])
    const [top] = tree.children
    expect(top).toMatchObject({ selfUs: 5, totalUs: 125 })
    expect(top?.children.map(({ totalUs }) => totalUs)).toEqual([70, 50])
  })

  it('keeps functions of one name apart when their files differ', () => {
    const other = ['judge', src('detectors/crisis/assess.ts')] as const
    const tree = mergeProfile(
      profileOf([
        { calls: [judge], us: 2 },
        { calls: [other], us: 1 },
      ]),
      { root },
    )
    expect(tree.children.map(({ file }) => file)).toEqual([
      'src/detectors/harmful-reply/scan.ts',
      'src/detectors/crisis/assess.ts',
    ])
  })

  it('leaves waiting out', () => {
    const tree = mergeProfile(
      profileOf([
        { calls: [idle], us: 1_000 },
        { calls: [listen], us: 10 },
      ]),
      { root },
    )
    expect(tree.totalUs).toBe(10)
  })

  it('counts only what happened between two moments', () => {
    const profile = profileOf([
      { calls: [listen], us: 100 },
      { calls: [inspect], us: 10 },
      { calls: [judge], us: 100 },
    ])
    const tree = mergeProfile(profile, { root, fromUs: 1_100, untilUs: 1_110 })
    expect(namesOf(tree)).toEqual(['all', 'inspect'])
  })

  it('counts what the detectors share, and what is built in, to the detector that called it', () => {
    const tree = mergeProfile(
      profileOf([
        { calls: [inspect, fold, ['encodeInto', '']], us: 10 },
        { calls: [judge, fold], us: 4 },
        { calls: [['(garbage collector)', '']], us: 3 },
        { calls: [['writeH1', 'file:///x/node_modules/undici/lib/client.js']], us: 2 },
        { calls: [['emit', 'node:events']], us: 1 },
      ]),
      { root },
    )
    expect(Object.fromEntries(timeByPart(tree))).toMatchObject({
      crisis: 10,
      'harmful-reply': 4,
      collector: 3,
      undici: 2,
      node: 1,
    })
  })

  it.each([
    ['src/middleware/measure.ts', 'middleware'],
    ['src/traffic.ts', 'middleware'],
    ['src/dialects/sse.ts', 'dialects'],
    ['src/stores/sqlite-records.ts', 'records'],
    ['src/signals/book.ts', 'haltgate'],
    ['@hono/node-server/dist/index.mjs', 'hono'],
    ['prom-client/lib/counter.js', 'other'],
  ] as const)('counts %s to %s', (file, part) => {
    expect(partOf('any', file, 'other')).toBe(part)
  })

  it('puts small functions together and loses no time', () => {
    const tree = mergeProfile(
      profileOf([
        { calls: [listen, inspect], us: 90 },
        { calls: [listen, judge], us: 3 },
        { calls: [listen, fold], us: 4 },
      ]),
      { root },
    )
    const [top] = withoutSmall(tree, 5).children
    expect(top?.children.map(({ name, totalUs }) => [name, totalUs])).toEqual([
      ['inspect', 90],
      ['2 smaller ones', 7],
    ])
  })

  it('says of each box what it is and its share, and names no folder of the machine', () => {
    const tree = mergeProfile(
      profileOf([
        { calls: [listen, ['<anonymous> & co', src('traffic.ts')]], us: 75 },
        { calls: [['run', 'file:///home/somebody/elsewhere/tool.ts']], us: 25 },
      ]),
      { root },
    )
    const svg = drawFlameGraph(tree, { title: 'Where time goes', note: 'a test' })
    expect(svg).toContain('<title>listen, src/listen.ts: 75.0 %</title>')
    expect(svg).toContain('<title>&lt;anonymous&gt; &amp; co, src/traffic.ts: 75.0 %</title>')
    expect(svg).toContain('<title>run, tool.ts: 25.0 %</title>')
    expect(svg).toMatch(/^<svg [^>]*role="img" aria-label="Where time goes: /)
    expect(svg).not.toContain('somebody')
  })
})
