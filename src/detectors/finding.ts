import { z } from 'zod'

/** What a person may be in danger of. */
export const CrisisCategory = z.enum([
  'suicidal-ideation',
  'self-harm',
  'harm-to-others',
  'abuse',
  'medical-emergency',
  'third-party',
])
export type CrisisCategory = z.infer<typeof CrisisCategory>

/** How acute, mildest first, after the Columbia Suicide Severity Rating Scale; `history` is past and told as resolved. */
export const CrisisLevel = z.enum(['history', 'passive', 'active', 'method', 'plan', 'intent', 'attempt'])
export type CrisisLevel = z.infer<typeof CrisisLevel>

/** What is wrong with a reply. */
export const HarmKind = z.enum([
  'method-instructions',
  'encouragement',
  'dismissal',
  'blame',
  'human-claim',
  'licence-claim',
  'diagnosis',
  'medication',
  'isolation',
  'delusion-support',
  'abuse-normalised',
  'sexualised',
  'omission',
])
export type HarmKind = z.infer<typeof HarmKind>

/** A calibrated answer: sure, uncertain, or nothing. */
export const Assessment = z.enum(['alert', 'escalate', 'clear'])
export type Assessment = z.infer<typeof Assessment>

/** Where in a text a finding rests: UTF-16 offsets into the original, `end` exclusive. */
export interface Evidence {
  start: number
  end: number
}

/** What a detector found in a person's message. `score` is a calibrated probability from 0 to 1. */
export interface CrisisFinding {
  detector: string
  version: string
  category: CrisisCategory
  level: CrisisLevel
  score: number
  evidence: Evidence[]
}

/** What a detector found in a reply, given what the person is in. */
export interface HarmFinding {
  detector: string
  version: string
  kind: HarmKind
  score: number
  evidence: Evidence[]
}
