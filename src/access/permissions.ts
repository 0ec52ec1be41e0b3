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
