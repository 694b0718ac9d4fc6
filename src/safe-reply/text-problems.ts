import { countWords, maxWords } from './finished-texts.ts'
import type { SafeReplies } from './safe-reply.ts'
import { crisisVariants, occasions, variants } from './texts.ts'

type Written = Omit<SafeReplies, 'problems'>

/** What a person must not read, in any language, place and occasion: see `SafeReplies.problems`. */
export function textProblems(
  written: Written,
  languages: readonly string[],
  regions: readonly string[],
): string[] {
  return languages.flatMap((language) => [
    ...problemsOf(written.acknowledgement(language).text, maxWords.acknowledgement).map(
      (problem) => `${language}, acknowledgement: ${problem}`,
    ),
    ...[undefined, ...regions].flatMap((region) =>
      everyText(written, language, region).flatMap(({ what, text, words }) =>
        problemsOf(text, words).map(
          (problem) => `${language}, ${what}, ${region ?? 'any place'}: ${problem}`,
        ),
      ),
    ),
  ])
}

interface Finished {
  what: string
  text: string
  words: number
}

function everyText(written: Written, language: string, region: string | undefined): Finished[] {
  const place = { language, region }
  const replies = variants.flatMap((variant) =>
    occasions.map((occasion) => ({
      what: `${variant} (${occasion})`,
      text: written.render({ variant, ...place, occasion, afterCut: true }).text,
      words: maxWords.reply,
    })),
  )
  const notes = crisisVariants.flatMap((variant) => [
    {
      what: `support for ${variant}`,
      text: written.support({ variant, ...place, brief: false }).text,
      words: maxWords.support,
    },
    {
      what: `brief support for ${variant}`,
      text: written.support({ variant, ...place, brief: true }).text,
      words: maxWords.brief,
    },
  ])
  const annotation = { what: 'annotation', text: written.annotation(place).text, words: maxWords.annotation }
  return [...replies, ...notes, annotation]
}

function problemsOf(text: string, most: number): string[] {
  const words = countWords(text)
  return [
    ...(words > most ? [`${words} words, at most ${most}`] : []),
    ...(/[{}]/.test(text) ? ['a placeholder is not filled'] : []),
    ...(text.includes('!') ? ['an exclamation mark'] : []),
  ]
}
