import { type CrisisLines, createCrisisLines, type LocalHelp, namesNoCountry } from './crisis-lines.ts'
import { helpSentences, put } from './help-sentences.ts'
import { pickLanguage } from './language.ts'
import { createTexts, type SafeTexts, type TextsFile, type Variant, variants } from './texts.ts'

export interface SafeReplyRequest {
  variant: Variant
  /** An `accept-language` value, as the caller sent it. */
  language?: string | undefined
  /** ISO 3166-1 alpha-2, as the caller sent it. */
  region?: string | undefined
  /** Where everybody is (config `identify.singleCountry`): used only when `region` leaves the country open. */
  singleCountry?: string | undefined
  /** Part of the engine's reply is already on the screen: begin a new paragraph that takes it back. */
  afterCut: boolean
}

export interface SafeReply {
  text: string
  language: string
  version: string
  variant: Variant
}

export interface SafeReplies {
  /** From memory: no I/O, no clock, the same words for the same request. */
  render(request: SafeReplyRequest): SafeReply
  /** What a person must not read: finished texts of more than 80 words or with an unfilled placeholder. Empty is good. */
  problems(): string[]
}

export const maxWords = 80

/** The texts a person reads where the engine's reply would have stood. */
export function createSafeReplies(options: { lines?: CrisisLines; texts?: SafeTexts } = {}): SafeReplies {
  const { lines = createCrisisLines(), texts = createTexts() } = options
  // Keyed by our own languages, variants and countries alone, so that no header can make it grow.
  const cache = new Map<string, string>()

  function core(file: TextsFile, variant: Variant, help: LocalHelp): string {
    const key = `${file.language} ${variant} ${help.region ?? ''}`
    const known = cache.get(key)
    if (known !== undefined) return known
    const text = fill(file, variant, help)
    cache.set(key, text)
    return text
  }

  function render({ variant, language, region, singleCountry, afterCut }: SafeReplyRequest): SafeReply {
    const file = texts.get(pickLanguage(language, texts.languages))
    const text = core(file, variant, lines.forRegion(namesNoCountry(region) ? singleCountry : region))
    return {
      text: afterCut ? `\n\n${file['after-cut']} ${text}` : text,
      language: file.language,
      version: file.version,
      variant,
    }
  }

  function problems(): string[] {
    const places = [undefined, ...lines.regions()]
    return texts.languages.flatMap((language) =>
      places.flatMap((region) =>
        variants.flatMap((variant) => {
          const { text } = render({ variant, language, region, afterCut: true })
          return problemsOf(text).map(
            (problem) => `${language}, ${variant}, ${region ?? 'any place'}: ${problem}`,
          )
        }),
      ),
    )
  }

  return { render, problems }
}

/** Words a reader counts: pieces between spaces that hold a letter or a digit. */
export function countWords(text: string): number {
  return text.split(/\s+/).filter((piece) => /[\p{L}\p{N}]/u.test(piece)).length
}

function problemsOf(text: string): string[] {
  const words = countWords(text)
  return [
    ...(words > maxWords ? [`${words} words, at most ${maxWords}`] : []),
    ...(/[{}]/.test(text) ? ['a placeholder is not filled'] : []),
    ...(text.includes('!') ? ['an exclamation mark'] : []),
  ]
}

/** The variant with its numbers. What is nice to have goes first when the 80 words (with the sentence after a cut) are full. */
function fill(file: TextsFile, variant: Variant, help: LocalHelp): string {
  const { phrases } = file
  const { ambulance, police } = help.emergency
  const number = policeFirst.has(variant) ? (police ?? ambulance) : (ambulance ?? police)
  const emergency = number === undefined ? phrases.noEmergency : put(phrases.emergency, { number })
  const allowed = maxWords - countWords(file['after-cut'])
  const texts = helpSentences(file, variant, help.lines).map((sentences) =>
    put(file.variants[variant], { help: sentences, emergency }),
  )
  return texts.find((text) => countWords(text) <= allowed) ?? texts.at(-1) ?? ''
}

const policeFirst = new Set<Variant>(['abuse', 'harm-to-others'])
