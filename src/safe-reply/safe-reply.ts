import { type CrisisLines, createCrisisLines, type LocalHelp, namesNoCountry } from './crisis-lines.ts'
import { annotationText, briefText, replyText, supportText } from './finished-texts.ts'
import { pickLanguage } from './language.ts'
import { textProblems } from './text-problems.ts'
import {
  type CrisisVariant,
  createTexts,
  type Occasion,
  type SafeTexts,
  type TextsFile,
  type Variant,
} from './texts.ts'

/** For whom the words are. */
export interface Reader {
  /** An `accept-language` value, as the caller sent it. */
  language?: string | undefined
  /** ISO 3166-1 alpha-2, as the caller sent it. */
  region?: string | undefined
  /** Where everybody is (config `identify.singleCountry`): used only when `region` leaves the country open. */
  singleCountry?: string | undefined
}

export interface SafeReplyRequest extends Reader {
  variant: Variant
  /** Why the text stands there; `paused` unless given. */
  occasion?: Occasion | undefined
  /** Part of the engine's reply is already on the screen: begin a new paragraph that takes it back. */
  afterCut: boolean
}

export interface SupportRequest extends Reader {
  variant: CrisisVariant
  /** One line of at most 25 words instead of a paragraph of at most 60. */
  brief: boolean
}

/** A finished text, and which one it was, for the record. */
export interface WrittenText {
  text: string
  language: string
  version: string
}

export interface SafeReply extends WrittenText {
  variant: Variant
}

/** All from memory: no I/O, no clock, the same words for the same request. Only a cut reply gets a blank line before it. */
export interface SafeReplies {
  /** Stands in place of the engine's reply, or of the rest of it. */
  render(request: SafeReplyRequest): SafeReply
  /** Goes below a reply of the AI that offers no crisis line; says first that it is not the AI's. */
  support(request: SupportRequest): SafeReply
  /** Shown while a reply is still being checked; stays true when a safe reply follows. */
  acknowledgement(language?: string): WrittenText
  /** Goes behind a reply that a check has doubts about. */
  annotation(reader: Reader): WrittenText
  /** What a person must not read: finished texts with too many words or an unfilled placeholder. Empty is good. */
  problems(): string[]
}

/** The texts a person reads where the engine's reply would have stood, or beside it. */
export function createSafeReplies(options: { lines?: CrisisLines; texts?: SafeTexts } = {}): SafeReplies {
  const { lines = createCrisisLines(), texts = createTexts() } = options
  const fileFor = (language: string | undefined) => texts.get(pickLanguage(language, texts.languages))
  // Keyed by our own languages, texts and countries alone, so that no header can make it grow.
  const cache = new Map<string, string>()

  function written(
    reader: Reader,
    which: string,
    finish: (file: TextsFile, help: LocalHelp) => string,
  ): WrittenText {
    const file = fileFor(reader.language)
    const help = lines.forRegion(namesNoCountry(reader.region) ? reader.singleCountry : reader.region)
    const key = `${file.language} ${which} ${help.region ?? ''}`
    const text = cache.get(key) ?? finish(file, help)
    cache.set(key, text)
    return { text, language: file.language, version: file.version }
  }

  const replies = {
    render(request: SafeReplyRequest): SafeReply {
      const { variant, occasion = 'paused', afterCut } = request
      const reply = written(request, `${occasion} ${variant}`, (file, help) =>
        replyText(file, variant, occasion, help),
      )
      const text = afterCut ? `\n\n${fileFor(reply.language)['after-cut']} ${reply.text}` : reply.text
      return { ...reply, text, variant }
    },

    support(request: SupportRequest): SafeReply {
      const { variant, brief } = request
      const finish = brief ? briefText : supportText
      const note = written(request, `${brief ? 'brief' : 'support'} ${variant}`, (file, help) =>
        finish(file, variant, help),
      )
      return { ...note, variant }
    },

    acknowledgement(language?: string): WrittenText {
      const file = fileFor(language)
      return { text: file.acknowledgement, language: file.language, version: file.version }
    },

    annotation: (reader: Reader): WrittenText => written(reader, 'annotation', annotationText),
  }

  return { ...replies, problems: () => textProblems(replies, texts.languages, lines.regions()) }
}
