import { z } from 'zod'

/** What a key may be for. `admin` implies neither `clinical` nor `commander`. */
export const Role = z.enum(['viewer', 'operator', 'clinical', 'commander', 'admin'])
export type Role = z.infer<typeof Role>

/**
 * Which roles may do what; nothing is implied beyond this table. Whoever may act at all may halt: stopping is the safe
 * side, and nobody is to look for a colleague first. Two people approve that a halt may end, one `clinical` and one
 * `commander`; ending one without them is for `commander` alone, and `admin`, who can make keys, gives no right to either. What concerns a person in crisis is for `clinical` alone.
 */
export const permissions = {
  'state:read': ['viewer', 'operator', 'clinical', 'commander', 'admin'],
  'metrics:read': ['viewer', 'operator', 'clinical', 'commander', 'admin'],
  'signals:read': ['viewer', 'operator', 'clinical', 'commander', 'admin'],
  'signals:push': ['operator', 'clinical', 'commander'],
  'engines:read': ['viewer', 'operator', 'clinical', 'commander', 'admin'],
  'engines:operate': ['operator', 'commander'],
  'halts:read': ['viewer', 'operator', 'clinical', 'commander', 'admin'],
  'halts:engage': ['operator', 'clinical', 'commander', 'admin'],
  'halts:validate': ['operator', 'clinical', 'commander'],
  'halts:approve': ['clinical', 'commander'],
  'halts:clear': ['commander'],
  'incidents:read': ['viewer', 'operator', 'clinical', 'commander', 'admin'],
  'incidents:write': ['operator', 'clinical', 'commander'],
  'crisis-events:read': ['clinical'],
  'crisis-events:write': ['clinical'],
  'crisis-sessions:reveal': ['clinical'],
  'screening:read': ['viewer', 'operator', 'clinical', 'commander', 'admin'],
  // Without any identifier, but a rare case in a small country may still be recognised: no wider than the audit log.
  'register:read': ['clinical', 'commander', 'admin'],
  // What people wrote is for who is bound by their profession.
  'reviews:read': ['clinical'],
  'reviews:decide': ['clinical'],
  'reviews:report': ['operator', 'clinical', 'commander'],
  'evidence:read': ['clinical'],
  'evidence:hold': ['clinical'],
  'probes:run': ['operator', 'clinical', 'commander'],
  'persons:read': ['commander', 'admin'],
  'persons:manage': ['admin'],
  'keys:read': ['admin'],
  'keys:manage': ['admin'],
  'audit:read': ['commander', 'clinical', 'admin'],
} as const satisfies Record<string, readonly Role[]>

export type Permission = keyof typeof permissions

/** Whether one of these roles has the permission. */
export function mayDo(roles: readonly Role[], permission: Permission): boolean {
  return rolesWith(permission).some((role) => roles.includes(role))
}

/** For the message of a refusal. */
export function rolesWith(permission: Permission): readonly Role[] {
  return permissions[permission]
}
