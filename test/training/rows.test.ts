import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { familyFold } from '../../scripts/training/cross-validate.ts'
import { readLabelled } from '../../scripts/training/labelled.ts'
import { type Row, readRows } from '../../scripts/training/rows.ts'
import { packWeights, unpackWeights } from '../../src/detectors/crisis/model-file.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'haltgate-rows-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const row = { family: 'en-test-1', text: 'hello', label: 0, kind: 'everyday', lang: 'en' }
const write = (name: string, ...lines: (object | string)[]) =>
  writeFile(
    join(folder, name),
    lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join(''),
  )

describe('training rows', () => {
  it('are read file by file in the order of names, templates written out', async () => {
    const { text: _, ...rest } = row
    await write('b.jsonl', { ...rest, template: '{Hello|Hi} you' })
    await write('a.jsonl', row, '', {
      ...rest,
      messages: [
        { role: 'user', content: 'one' },
        { role: 'assistant', content: 'two' },
      ],
    })
    await write('notes.txt', 'not a row')
    const rows = await readRows(folder)
    expect(rows.map(({ file, messages }) => [file, ...messages.map(({ text }) => text)])).toEqual([
      ['a.jsonl', 'hello'],
      ['a.jsonl', 'one', 'two'],
      ['b.jsonl', expect.stringMatching(/^(Hello|Hi) you$/)],
      ['b.jsonl', expect.stringMatching(/^(Hello|Hi) you$/)],
    ])
  })

  it.each([
    ['that is no JSON', 'not json', /a\.jsonl:2: not JSON/],
    ['with a misspelt field', { ...row, labels: 1 }, /a\.jsonl:2: .*labels/s],
    ['with a label of its own', { ...row, label: 2 }, /a\.jsonl:2: .*label/s],
    ['with a category nobody knows', { ...row, category: 'sadness' }, /a\.jsonl:2: .*category/s],
    ['without a family', { ...row, family: '' }, /a\.jsonl:2: .*family/s],
    ['without any text', { ...row, text: '  ' }, /a\.jsonl:2: a row needs text, template or messages/],
  ])('a line %s is named by file and number', async (_what, line, message) => {
    await write('a.jsonl', row, line)
    await expect(readRows(folder)).rejects.toThrow(message)
  })
})

describe('labelled text from elsewhere', () => {
  it('is read in our form and packed, each text once', async () => {
    const lines = [
      { text: 'a', label: 1 },
      { text: 'a', label: 1 },
      { text: 'b', label: 0, kind: 'idiom' },
    ]
    await writeFile(
      join(folder, 'rows.jsonl.gz'),
      gzipSync(lines.map((line) => JSON.stringify(line)).join('\n')),
    )
    expect(await readLabelled(join(folder, 'rows.jsonl.gz'), {})).toMatchObject([
      { messages: [{ role: 'user', text: 'a' }], label: 1, kind: 'crisis' },
      { messages: [{ role: 'user', text: 'b' }], label: 0, kind: 'idiom' },
    ])
  })

  it('is read by another field, and rows without that label are left out', async () => {
    await write('rows.jsonl', { prompt: 'a', SH: 1 }, { prompt: 'b', SH: 0 }, { prompt: 'c' })
    const rows = await readLabelled(join(folder, 'rows.jsonl'), { map: 'SH' })
    expect(rows.map(({ label }) => label)).toEqual([1, 0])
  })

  it('needs a label', async () => {
    await write('rows.jsonl', { text: 'a' })
    await expect(readLabelled(join(folder, 'rows.jsonl'), {})).rejects.toThrow(
      /line 1: "label" must be 0 or 1/,
    )
  })
})

describe('the text that the detector learns from', () => {
  const read = () => readRows(fileURLToPath(new URL('../../training/crisis', import.meta.url)))

  it('keeps a family in one file and in one fold', async () => {
    const rows = await read()
    const files = new Map<string, string>()
    const folds = new Map<string, Set<string>>()
    for (const { family, file } of rows) files.set(family, file)
    const strays = rows.filter(({ family, file }) => files.get(family) !== file).map(({ family }) => family)
    expect([...new Set(strays)]).toEqual([])
    for (const each of rows)
      folds.set(each.family, (folds.get(each.family) ?? new Set()).add(familyFold(each)))
    expect([...folds.values()].every(({ size }) => size === 1)).toBe(true)
    expect(new Set(rows.map(familyFold)).size).toBe(5)
  })

  it('gives every crisis a category and a level, and no benign row a category', async () => {
    const isWrong = ({ label, category, level }: Row) =>
      label === 1
        ? category === undefined || level === undefined
        : category !== undefined && level !== 'history'
    expect((await read()).filter(isWrong).map(({ file, family }) => `${file} ${family}`)).toEqual([])
  })

  it('is never the same text with two labels', async () => {
    const labels = new Map<string, number>()
    const torn: string[] = []
    for (const { messages, label } of await read()) {
      const text = JSON.stringify(messages)
      if ((labels.get(text) ?? label) !== label) torn.push(text)
      labels.set(text, label)
    }
    expect(torn).toEqual([])
  })

  it('tells no amounts of any substance and no height of any place', async () => {
    const detail =
      /\d+\s*(mg|milligrams?|mcg|ml|millilit(er|re)s?)\b|\b\d+\s+(pills|tablets|pastillas|tabletten|comprim\w+)\b|\b\d+(st|nd|rd|th) floor\b/i
    const telling = (await read()).filter(
      ({ label, messages }) => label === 1 && messages.some(({ text }) => detail.test(text)),
    )
    expect(telling.map(({ file, family }) => `${file} ${family}`)).toEqual([])
  })
})

describe('packed weights', () => {
  it('are unpacked to what they were, with gaps of any length', () => {
    for (const gap of [0, 1, 254, 255, 256, 510, 700]) {
      const weights = new Int8Array(2 * (gap + 3))
      weights.set([5, -7], 0)
      weights.set([-128, 127], 2 * (gap + 1))
      expect([gap, ...unpackWeights(packWeights(weights, 2), weights.length, 2)]).toEqual([gap, ...weights])
    }
  })
})
