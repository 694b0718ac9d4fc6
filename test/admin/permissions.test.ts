import { describe, expect, it } from 'vitest'
import { mayDo, type Permission, permissions, Role, rolesWith } from '../../src/admin/permissions.ts'

const granted = (role: Role) =>
  (Object.keys(permissions) as Permission[]).filter((permission) => mayDo([role], permission))

describe('permissions', () => {
  it('let only a commander end a halt', () => {
    expect(rolesWith('halts:clear')).toEqual(['commander'])
    expect(mayDo(['admin', 'operator', 'clinical', 'viewer'], 'halts:clear')).toBe(false)
  })

  it('let everybody halt who may act at all', () => {
    expect(Role.options.filter((role) => mayDo([role], 'halts:engage'))).toEqual([
      'operator',
      'clinical',
      'commander',
      'admin',
    ])
  })

  it('let a viewer read and change nothing', () => {
    expect(granted('viewer').every((permission) => permission.endsWith(':read'))).toBe(true)
  })

  it('let only an admin manage persons and keys', () => {
    for (const permission of ['persons:manage', 'keys:manage', 'keys:read'] as const)
      expect(rolesWith(permission)).toEqual(['admin'])
  })

  it('grant nothing without a role', () => {
    expect((Object.keys(permissions) as Permission[]).some((permission) => mayDo([], permission))).toBe(false)
  })

  it('add up over the roles of a key', () => {
    expect(mayDo(['viewer', 'commander'], 'halts:clear')).toBe(true)
  })
})
