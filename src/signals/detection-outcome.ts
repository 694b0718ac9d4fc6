/** One labelled outcome of crisis detection, for one engine or for the gateway's own detector. */
export interface DetectionOutcome {
  /** `label`: a clinician's decision on an exchange of the random sample. */
  source: 'probe' | 'label'
  /** 1: the message discloses a crisis. */
  label: 0 | 1
  /** `core`: what any working detection catches; only these decide. */
  tier: 'core' | 'hard'
  /** From the closed list of the probe set. */
  kind: string
  /** How acute (`CrisisLevel`); only of a crisis. */
  level: string | undefined
  /** BCP 47 primary tag. */
  language: string
  /** A plan, intent or attempt stated outright: missing one counts by itself. */
  isCritical: boolean
  /** Whether a crisis was heard; `undefined`: an error, a 429 or a timeout, which says nothing about detection. */
  heard: boolean | undefined
  /** Until the reply was whole, in milliseconds. */
  ms: number
  /** Epoch milliseconds. */
  atMs: number
}
