import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const entry = fileURLToPath(new URL('../../bin/haltgate.mjs', import.meta.url))

/** Runs the real command line with text on its standard input. */
async function assess(input: string | Buffer, ...options: string[]) {
  const child = spawn(process.execPath, [entry, 'assess', ...options], {
    env: { ...process.env, HALTGATE_URL: '', HALTGATE_KEY: '', NO_COLOR: '1' },
  })
  let [stdout, stderr] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk
  })
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk
  })
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
  return { code, stdout, stderr, verdicts: () => stdout.trimEnd().split('\n').map(parsed) }
}

function parsed(line: string): Record<string, unknown> {
  return JSON.parse(line)
}

const lines = (...rows: (object | string)[]) =>
  rows.map((row) => `${typeof row === 'string' ? row : JSON.stringify(row)}\n`).join('')

const number = expect.any(Number)

describe('haltgate assess', { timeout: 20_000 }, () => {
  it('gives one verdict a line, in order, with the ids it was given', async () => {
    const { code, stderr, verdicts } = await assess(
      lines(
        { id: 'a', text: 'I want to kill myself' },
        { id: 7, text: 'The soup needs more salt.' },
        { text: 'I just swallowed all my pills' },
        { id: '', text: '' },
      ),
    )
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(verdicts()).toEqual([
      {
        id: 'a',
        outcome: 'alert',
        category: 'suicidal-ideation',
        level: 'active',
        score: number,
        micros: number,
      },
      { id: 7, outcome: 'clear', score: number, micros: number },
      {
        outcome: 'alert',
        category: 'suicidal-ideation',
        level: 'attempt',
        score: number,
        micros: number,
      },
      { id: '', outcome: 'clear', score: 0, micros: number },
    ])
  })

  it('reads conversations, content parts, and only what the person said', async () => {
    const { code, verdicts } = await assess(
      lines(
        {
          id: 1,
          messages: [
            { role: 'user', content: 'hello' },
            { role: 'assistant', content: 'Hi! How are you?' },
            { role: 'user', content: [{ type: 'text', text: 'I want to kill myself' }] },
          ],
        },
        {
          id: 2,
          messages: [
            { role: 'assistant', content: 'I want to kill myself' },
            { role: 'user', content: 'The soup needs more salt.' },
          ],
        },
        {
          id: 3,
          messages: [
            { role: 'user', content: 'I am going to kill myself tonight' },
            { role: 'assistant', content: null },
            { role: 'user', content: 'anyway, thanks' },
          ],
        },
        { id: 4, messages: [] },
      ),
    )
    expect(code).toBe(0)
    expect(verdicts()).toMatchObject([
      { id: 1, outcome: 'alert' },
      { id: 2, outcome: 'clear' },
      { id: 3, outcome: 'alert', level: 'intent' },
      { id: 4, outcome: 'clear' },
    ])
  })

  it('names the line that it cannot read, answers all others, and says so with its exit code', async () => {
    const { code, verdicts } = await assess(
      lines(
        { id: 'good', text: 'I want to kill myself' },
        'this is not JSON',
        '[1,2]',
        { id: 'no-text' },
        { id: 'wrong-type', text: 5 },
        { id: 'wrong-messages', messages: 'hello' },
        '',
        { id: 'after', text: 'I want to kill myself' },
        'null',
      ),
    )
    expect(code).toBe(1)
    expect(verdicts()).toMatchObject([
      { id: 'good', outcome: 'alert' },
      { error: expect.stringMatching(/^line 2: not JSON/) },
      { error: expect.stringMatching(/^line 3: /) },
      { id: 'no-text', error: expect.stringMatching(/^line 4: needs "text" or "messages"/) },
      { id: 'wrong-type', error: expect.stringMatching(/^line 5: .*text/s) },
      { id: 'wrong-messages', error: expect.stringMatching(/^line 6: .*messages/s) },
      { id: 'after', outcome: 'alert' },
      { error: expect.stringMatching(/^line 9: /) },
    ])
  })

  it('never repeats what a person wrote in an error', async () => {
    const { stdout, stderr } = await assess(
      lines('{"id":"x","text":"i want to die', { id: 'y', text: ['i want to die'] }),
    )
    expect(stdout + stderr).not.toMatch(/want to die/)
  })

  it('judges hostile lines like any other', async () => {
    const deep = `${'['.repeat(5_000)}${']'.repeat(5_000)}`
    const { code, verdicts } = await assess(
      lines(
        { id: 1, text: 'a'.repeat(100_000) },
        '{"id":2,"text":"\\ud800 i want to kill myself"}',
        `{"id":3,"text":"I want to kill myself","more":${deep}}`,
        { id: 4, text: '\u200b'.repeat(50_000) },
        { id: 5, text: 'one\ntwo\r\nthree' },
      ),
    )
    expect(code).toBe(0)
    expect(verdicts().map(({ id, outcome }) => [id, outcome])).toEqual([
      [1, expect.any(String)],
      [2, 'alert'],
      [3, 'alert'],
      [4, 'clear'],
      [5, 'clear'],
    ])
  })

  it('reads Windows line ends, a last line without an end, and nothing at all', async () => {
    const { verdicts } = await assess('{"id":1,"text":"hi"}\r\n{"id":2,"text":"hi"}')
    expect(verdicts().map(({ id }) => id)).toEqual([1, 2])
    expect(await assess('')).toMatchObject({ code: 0, stdout: '', stderr: '' })
  })

  it('prints the same with --json', async () => {
    const input = lines({ id: 1, text: 'I want to kill myself' })
    const [plain, json] = [await assess(input), await assess(input, '--json')]
    expect(json.verdicts()).toEqual(plain.verdicts().map((verdict) => ({ ...verdict, micros: number })))
  })

  it('judges replies against what the person wrote, or against the state that is given', async () => {
    const caring =
      'I am glad that you told me. Are you thinking about killing yourself? You can call 988 now.'
    const cruel = 'You should just do it. Nobody would miss you.'
    const { code, stderr, verdicts } = await assess(
      lines(
        { id: 1, user: 'I want to kill myself', text: caring },
        { id: 2, user: 'I want to kill myself', text: cruel },
        { id: 3, state: 'crisis', text: cruel },
        { id: 4, user: 'I want to kill myself' },
        { id: 5, state: 'panic', text: caring },
        { id: 6, user: 'How long do I boil an egg?', text: 'About eight minutes for a firm yolk.' },
      ),
      '--side',
      'reply',
    )
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' })
    expect(verdicts()).toEqual([
      { id: 1, harmful: false, score: number, micros: number },
      { id: 2, harmful: true, kind: 'encouragement', score: number, micros: number },
      { id: 3, harmful: true, kind: 'encouragement', score: number, micros: number },
      { id: 4, error: expect.stringMatching(/^line 4: .*text/s) },
      { id: 5, error: expect.stringMatching(/^line 5: .*state/s) },
      { id: 6, harmful: false, score: number, micros: number },
    ])
  })

  it('explains itself, and refuses a side that it does not have', async () => {
    const help = await assess('', '--help')
    expect(help.code).toBe(0)
    expect(help.stdout).toContain('--side <side>')
    expect(help.stdout).toContain('{"id":"1","outcome":"alert"')
    const wrong = await assess('', '--side', 'engine')
    expect(wrong.code).toBe(2)
    expect(wrong.stderr).toMatch(/user, reply/)
    expect(wrong.stdout).toBe('')
  })

  it('answers a lone line at once, for whoever waits for it', async () => {
    const child = spawn(process.execPath, [entry, 'assess'], { env: { ...process.env, NO_COLOR: '1' } })
    const answer = new Promise<string>((resolve) => child.stdout.setEncoding('utf8').once('data', resolve))
    child.stdin.write(lines({ id: 'waiting', text: 'I want to kill myself' }))
    expect(parsed(await answer)).toMatchObject({ id: 'waiting', outcome: 'alert' })
    child.stdin.end()
    await new Promise((resolve) => child.on('close', resolve))
  })

  it('judges thousands of messages a second', async () => {
    const said = [
      'The soup needs more salt.',
      'Can you help me plan a trip to Lisbon with two small children in the last week of May?',
      'I want to kill myself',
      'my manager keeps moving the deadline and i have not slept properly for days, any tips?',
    ]
    const count = 8_000
    const input = lines(...Array.from({ length: count }, (_, id) => ({ id, text: `${said[id % 4]} ${id}` })))
    const startedMs = performance.now()
    const { code, verdicts } = await assess(input)
    const seconds = (performance.now() - startedMs) / 1000
    expect(code).toBe(0)
    expect(verdicts().map(({ id }) => id)).toEqual(Array.from({ length: count }, (_, id) => id))
    // Start-up counts too. Loose, for busy machines.
    expect(count / seconds).toBeGreaterThan(1_000)
  })
})
