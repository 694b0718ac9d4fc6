import type { CrisisCategory, CrisisLevel } from '../../finding.ts'

/**
 * A way of saying something that matters, as patterns over words. In a pattern: a plain word; `(a|b c)` one of several
 * phrases; `<name>` a phrase class; `?` after either makes it optional; `~` up to three words of anything, `~6` up to six.
 * Words are written as they are read: lower case, no accents, no apostrophes.
 */
export interface Frame {
  name: string
  category: CrisisCategory
  level: CrisisLevel
  /**
   * `critical` alerts by itself, whatever the model says; `strong` is nearly enough; `cue` is only a feature.
   */
  strength: 'critical' | 'strong' | 'cue'
  /** Also said about games, work, weather, films: such surroundings take its weight away. */
  idiomProne?: true
  /** "not" in front of it turns it round. Frames whose negation is part of the cue set this to false. */
  negatable?: false
  patterns: readonly string[]
}

/** A frame in a line or two, for languages that need few. */
export function frame(
  name: string,
  category: CrisisCategory,
  level: CrisisLevel,
  strength: Frame['strength'],
  patterns: readonly string[],
  negationIsCue = false,
): Frame {
  return {
    name,
    category,
    level,
    strength,
    patterns,
    ...(negationIsCue ? { negatable: false as const } : {}),
  }
}
