import { sql } from 'kysely'
import type { Kind } from '../db/schema.ts'

/** What a list shows of a tenant, and what it sorts by. */
export type TenantRow = {
  id: number
  parent_id: number | null
  kind: Kind
  name: string
  sort_key: string
  slug: string
  /** Its beginning: a list shows one line. */
  description: string
  active: number
  child_count: number
  override_count: number
  override_count_below: number
  path: string
}

export const ROW_COLUMNS = [
  'tenant.id',
  'tenant.parent_id',
  'tenant.kind',
  'tenant.name',
  'tenant.sort_key',
  'tenant.slug',
  sql<string>`substr(tenant.description, 1, 160)`.as('description'),
  'tenant.active',
  'tenant.child_count',
  'tenant.override_count',
  'tenant.override_count_below',
  'tenant.path',
] as const
