/** Each thing that somebody may be allowed to do, in words. Roles are sets of these. */
export const permissionWords = {
  'tenant.view': 'See tenants',
  'tenant.create': 'Create tenants',
  'tenant.edit': 'Edit tenants',
  'tenant.move': 'Move tenants to another parent',
  'tenant.delete': 'Delete tenants',
  'tenant.import': 'Import tenants',
  'tenant.export': 'Export tenants',
  'preference.view': 'See preferences',
  'preference.edit': 'Set preferences',
  'preference.lock': 'Lock preferences and block inheritance',
  'preference.exempt': 'Exempt tenants from locks',
  'person.view': 'See people',
  'person.create': 'Create people',
  'person.edit': 'Edit people',
  'person.delete': 'Delete people',
  'person.import': 'Import people',
  'person.export': 'Export people',
  'computer.view': 'See computers',
  'computer.create': 'Add computers',
  'computer.edit': 'Edit computers, and decide what an agent is on',
  'computer.move': 'Move computers to another tenant',
  'computer.delete': 'Delete computers, and bring them back',
  'computer.purge': 'Remove deleted computers for good',
  'computer.import': 'Import computers',
  'computer.export': 'Export computers',
  'computer_group.manage': 'Manage groups of computers',
  'schedule.view': 'See schedules and maintenance sessions',
  'schedule.edit':
    'Make and change schedules, switch inherited ones off, give them times of their own',
  'schedule.lock': 'Lock schedules for what is below',
  'schedule.run': 'Run schedules now, and cancel what they started',
  'user.manage': 'Invite users, give and withdraw their role, deactivate them',
  'access.view': 'See who has access',
  'access.grant': 'Give, deny and withdraw access, and answer requests',
  'role.manage': 'Manage roles',
  'tag.manage': 'Manage tags',
  'history.view': 'See the history',
  'settings.manage': 'Manage single sign-on and other settings of the installation',
} as const

/** What a role can consist of. Whoever may not see a tenant may do nothing there. */
export type Permission = keyof typeof permissionWords

export const permissions = Object.keys(permissionWords) as Permission[]

/** What a route may ask for: a permission, any valid session (`signed_in`), or nothing. */
export type RoutePermission = Permission | 'public' | 'signed_in'

/** Whether a route may ask for this. */
export const isRoutePermission = (text: string): text is RoutePermission =>
  text === 'public' || text === 'signed_in' || text in permissionWords
