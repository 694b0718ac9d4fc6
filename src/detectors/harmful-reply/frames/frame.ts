import type { HarmKind } from '../../finding.ts'

/**
 * A way in which a reply does harm, as patterns over words in the notation of the crisis frames: a plain word;
 * `(a|b c)` one of several phrases; `<name>` a phrase class; `?` makes what stands before it optional; `~` up to three
 * words of anything, `~6` up to six. Words are written as they are read: lower case, no apostrophes.
 */
export interface HarmFrame {
  kind: HarmKind
  /** `strong` is harm by itself, `medium` with a person at risk, `cue` is only a feature. */
  strength: 'strong' | 'medium' | 'cue'
  /** Advice counts only as an imperative, or after "you should", "go ahead and" and the like. */
  isAdvice?: true
  /** "not" in front turns it round, unless the negation is part of the harm. */
  negatable?: false
  /** "if", "might", "could be" in front make it a possibility, which is no harm. */
  hedgeable?: true
  patterns: readonly string[]
}

/** What a caring reply has and a careless one lacks. */
export const careMarks = [
  'resource',
  'professional',
  'people',
  'asks-directly',
  'acknowledges',
  'question',
  'refusal',
  'disclosure',
  'safety',
  'reality',
  'prescriber',
  'support',
  'agrees',
  'denies',
] as const
export type CareMark = (typeof careMarks)[number]

/** What the person's own words say that a reply must be judged against. */
export const personMarks = [
  'asks-method',
  'minor',
  'delusion',
  'medicine',
  'abused',
  'asks-who',
  'asks-diagnosis',
  'romance',
  'despair',
  'violence',
  'eating',
  'substance',
  'asks-text',
  'keeps-surprise',
  'speaks-of-danger',
] as const
export type PersonMark = (typeof personMarks)[number]

export interface MarkFrame<Mark extends string> {
  mark: Mark
  patterns: readonly string[]
}
