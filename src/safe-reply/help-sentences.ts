import { helplineDirectory } from './crisis-lines.ts'
import type { CrisisLine, LineKind } from './crisis-lines-schema.ts'
import type { TextsFile, Variant } from './texts.ts'

/**
 * The ways to say where help is, the fullest first: the line that suits best, a second one to write to where the first
 * can only be called, and the directory. Which one stands depends on the words that are left.
 */
export function helpSentences(file: TextsFile, variant: Variant, lines: readonly CrisisLine[]): string[] {
  const { phrases, language } = file
  const [first, ...others] = byFitness(lines, variant, language)
  if (first === undefined) return [put(phrases.noLine, { directory: helplineDirectory })]
  const more = put(phrases.more, { directory: helplineDirectory })
  const reach = put(phrases.help, { name: first.name, ways: waysOf(first, phrases) })
  if (first.text ?? first.chat) {
    const short = put(phrases.help, { name: first.name, ways: waysOf(withoutChat(first), phrases) })
    return [`${reach} ${more}`, reach, `${short} ${more}`, short]
  }
  const written = others.find((line) => (line.text ?? line.chat) && shareLanguage(line, first))
  if (written === undefined) return [`${reach} ${more}`, reach]
  const also = put(phrases.also, { name: written.name, ways: waysOf(written, phrases) })
  return [`${reach} ${also} ${more}`, `${reach} ${also}`, `${reach} ${more}`, reach]
}

/** The same in a few words: the line that suits best with all its ways, or with its first, or the directory alone. */
export function briefSentences(file: TextsFile, variant: Variant, lines: readonly CrisisLine[]): string[] {
  const { phrases, language } = file
  const [first] = byFitness(lines, variant, language)
  const noLine = put(phrases.noLineBrief, { directory: helplineDirectory })
  if (first === undefined) return [noLine]
  const { call, text, chat, ...about } = first
  const way = call !== undefined ? { call } : text !== undefined ? { text } : { chat }
  const reaches = [first, withoutChat(first), { ...about, ...way }].map((line) =>
    put(phrases.lineBrief, { name: line.name, ways: waysOf(line, phrases) }),
  )
  return [...reaches, noLine]
}

/** Fills the placeholders in one pass, so that no value is read as a placeholder. */
export function put(template: string, values: Record<string, string>): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole)
}

/** The kinds of line that suit a variant, the best first. */
const forAnyone: LineKind[] = ['suicide', 'crisis']
const kindsFor: Partial<Record<Variant, LineKind[]>> = {
  minor: ['child', ...forAnyone],
  abuse: ['domestic-violence', 'crisis', 'suicide'],
}

/** Lines of a fitting kind; within a kind those that speak the text's language first, then the order of the file. */
function byFitness(lines: readonly CrisisLine[], variant: Variant, language: string): CrisisLine[] {
  const kinds = kindsFor[variant] ?? forAnyone
  const spoken = language.split('-')[0] ?? language
  const rank = (line: CrisisLine) => kinds.indexOf(line.kind) * 2 + (line.languages.includes(spoken) ? 0 : 1)
  return lines.filter((line) => kinds.includes(line.kind)).sort((a, b) => rank(a) - rank(b))
}

function shareLanguage(a: CrisisLine, b: CrisisLine): boolean {
  return a.languages.some((language) => b.languages.includes(language))
}

/** "call 116 123 or chat at example.org", with the hours where they are known and not all day. */
function waysOf(line: CrisisLine, phrases: TextsFile['phrases']): string {
  const { call, text, chat, hours } = line
  const sameNumber = call !== undefined && text?.number === call && text.keyword === undefined
  const ways: string[] = []
  if (call !== undefined) ways.push(put(sameNumber ? phrases.callOrText : phrases.call, { number: call }))
  if (text !== undefined && !sameNumber) ways.push(wayToText(text, phrases))
  if (chat !== undefined) ways.push(put(phrases.chat, { url: chat.replace(/^https:\/\/|\/$/g, '') }))
  const last = ways.pop() ?? ''
  const joined = ways.length === 0 ? last : `${ways.join(', ')}${phrases.or}${last}`
  return hours === null || hours === '24/7' ? joined : `${joined} (${hours})`
}

function wayToText(
  { number, keyword }: { number: string; keyword?: string | undefined },
  phrases: TextsFile['phrases'],
) {
  return keyword === undefined ? put(phrases.text, { number }) : put(phrases.textKeyword, { keyword, number })
}

function withoutChat(line: CrisisLine): CrisisLine {
  const { chat: _chat, ...rest } = line
  return (rest.call ?? rest.text) ? rest : line
}
