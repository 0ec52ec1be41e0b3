import type { Actor } from './actor.ts'

/** What a route may ask for. `public` asks for nothing; `signed_in` for any valid session. */
export const permissions = [
  'public',
  'signed_in',
  'tenant.view',
  'tenant.create',
  'tenant.edit',
  'tenant.delete',
  'tenant.import',
  'tenant.export',
  'preference.view',
  'preference.edit',
  'preference.lock',
  'preference.exempt',
  'history.view',
] as const

export type Permission = (typeof permissions)[number]

/** Whoever can sign in is an administrator, and an administrator has every permission. */
const administrator: ReadonlySet<Permission> = new Set(permissions)

/** Whether somebody has a permission; nobody in particular (null) has what is public. */
export const hasPermission = (actor: Actor | null, permission: Permission) =>
  permission === 'public' || (actor !== null && administrator.has(permission))
