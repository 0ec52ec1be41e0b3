import type { Reads } from '../db/connection.ts'
import { listTenantColumns } from '../db/tenant-columns.ts'
import { Conflict } from '../errors.ts'
import type { Part } from './part.ts'
import { access } from './parts/access.ts'
import { aliases } from './parts/aliases.ts'
import { children } from './parts/children.ts'
import { computerGroups } from './parts/computer-groups.ts'
import { computers } from './parts/computers.ts'
import { cover } from './parts/cover.ts'
import { exemptions } from './parts/exemptions.ts'
import { formerTags } from './parts/former-tags.ts'
import { groups } from './parts/groups.ts'
import { namingGroups } from './parts/naming-groups.ts'
import { people } from './parts/people.ts'
import { preferences } from './parts/preferences.ts'
import { providers, requests } from './parts/providers.ts'
import { scheduleOverrides } from './parts/schedule-overrides.ts'
import { schedules } from './parts/schedules.ts'
import { tags } from './parts/tags.ts'

/**
 * Everything that a tenant can have, in the order in which it goes to another one. What belongs to
 * the source by its own tenant goes before what points at it, so that no row is changed twice while
 * it is the source's: an undo asks for rights where each change left the row. A feature that puts
 * something into tenants adds its own.
 */
export const parts: readonly Part[] = [
  preferences,
  exemptions,
  scheduleOverrides,
  schedules,
  formerTags,
  computers,
  computerGroups,
  namingGroups,
  access,
  people,
  cover,
  tags,
  groups,
  providers,
  requests,
  children,
  aliases,
]

/** What stays as it is, and why. */
export const staying: Record<string, string> = {
  'change.tenant_id': 'The history says what was.',
  'tenant_merge.tenant_id': 'The record of a merge says what was.',
  'role.tenant_id': 'Roles are those of All tenants, which is never merged.',
  'calendar_feed.tenant_id': 'A secret link to the calendar of a tenant ends with it.',
  'notification.tenant_id': 'What somebody was told of a tenant ends with it.',
}

/** The columns about a tenant that nobody said anything of. */
export async function listUnregistered(db: Reads) {
  const known = new Set([...parts.flatMap(({ columns }) => columns), ...Object.keys(staying)])
  return (await listTenantColumns(db)).filter((column) => !known.has(column))
}

/**
 * Throws Conflict when the database holds something of tenants of which it is not known how it goes
 * to another tenant: it would be lost, or left behind.
 */
export async function requireEveryColumn(db: Reads) {
  const unknown = await listUnregistered(db)
  if (unknown.length > 0)
    throw new Conflict(
      `Tenants cannot be merged: it is not known what would become of ${unknown.join(', ')}.`,
    )
}
