import type { LocalHelp } from './crisis-lines.ts'
import { briefSentences, helpSentences, put } from './help-sentences.ts'
import type { CrisisVariant, Occasion, TextsFile, Variant } from './texts.ts'

/** The most words of each text with its numbers filled in; `reply` counts the sentence after a cut too. */
export const maxWords = { reply: 80, support: 60, brief: 25, acknowledgement: 25, annotation: 40 } as const

/** The text that stands in place of a reply. */
export function replyText(file: TextsFile, variant: Variant, occasion: Occasion, help: LocalHelp): string {
  const openings = variant === 'minor' ? (file['openings-minor'] ?? file.openings) : file.openings
  const opening = openings[occasion]
  const emergency = emergencyOf(file, variant, help)
  const words = maxWords.reply - countWords(file['after-cut'])
  return fitting(words, anyHelp(file, variant, help), (sentences) =>
    put(file.variants[variant], { opening, help: sentences, emergency }),
  )
}

/** The paragraph below a reply that offers no crisis line. */
export function supportText(file: TextsFile, variant: CrisisVariant, help: LocalHelp): string {
  const { opening, full } = file.support
  const emergency = emergencyOf(file, variant, help)
  return fitting(maxWords.support, anyHelp(file, variant, help), (sentences) =>
    put(full[variant], { opening, help: sentences, emergency }),
  )
}

/** The same on one line. */
export function briefText(file: TextsFile, variant: CrisisVariant, help: LocalHelp): string {
  const { brief, briefEmergency } = file.support
  const template = variant === 'medical-emergency' ? briefEmergency : brief
  const emergency = emergencyOf(file, variant, help)
  return fitting(maxWords.brief, briefSentences(file, variant, help.lines), (sentences) =>
    put(template, { help: sentences, emergency }),
  )
}

/** The note behind a doubtful reply. */
export function annotationText(file: TextsFile, help: LocalHelp): string {
  const emergency = emergencyOf(file, 'none', help)
  return fitting(maxWords.annotation, anyHelp(file, 'none', help), (sentences) =>
    put(file.annotation, { help: sentences, emergency }),
  )
}

/** Words a reader counts: pieces between spaces that hold a letter or a digit. */
export function countWords(text: string): number {
  return text.split(/\s+/).filter((piece) => /[\p{L}\p{N}]/u.test(piece)).length
}

function anyHelp(file: TextsFile, variant: Variant, { lines }: LocalHelp): string[] {
  return [...helpSentences(file, variant, lines), ...briefSentences(file, variant, lines)]
}

/** The text with the fullest help that fits; what is nice to have goes first. The shortest, if none fits. */
function fitting(words: number, candidates: string[], finish: (help: string) => string): string {
  let text = ''
  for (const help of candidates) {
    text = finish(help)
    if (countWords(text) <= words) break
  }
  return text
}

const policeFirst = new Set<Variant>(['abuse', 'harm-to-others'])

function emergencyOf({ phrases }: TextsFile, variant: Variant, { emergency }: LocalHelp): string {
  const { ambulance, police } = emergency
  const number = policeFirst.has(variant) ? (police ?? ambulance) : (ambulance ?? police)
  return number === undefined ? phrases.noEmergency : put(phrases.emergency, { number })
}
