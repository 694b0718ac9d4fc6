import { z } from 'zod'

/** R1. */
export const Severity = z.enum(['P0', 'P1', 'P2', 'P3'])
export type Severity = z.infer<typeof Severity>

/** R2, the second axis. */
export const SafetySeverity = z.enum(['none', 'high', 'critical'])
export type SafetySeverity = z.infer<typeof SafetySeverity>

/** R4. */
export const IncidentType = z.enum([
  'safety',
  'security',
  'availability',
  'functionality',
  'performance',
  'integration',
  'user-experience',
  'feature',
  'monitoring',
  'enhancement',
  'documentation',
  'optimisation',
])
export type IncidentType = z.infer<typeof IncidentType>
