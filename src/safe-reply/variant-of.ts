import type { CrisisCategory } from '../detectors/finding.ts'
import type { CrisisVariant } from './texts.ts'

/** The words that suit what a person told of. A minor in danger of suicide or self-harm gets the text for minors. */
export function variantOf(category: CrisisCategory, isMinor: boolean): CrisisVariant {
  switch (category) {
    case 'suicidal-ideation':
    case 'self-harm':
      return isMinor ? 'minor' : 'self'
    case 'third-party':
      return 'other'
    case 'harm-to-others':
    case 'abuse':
    case 'medical-emergency':
      return category
  }
}
