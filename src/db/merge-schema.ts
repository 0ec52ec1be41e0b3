import type { Generated } from 'kysely'
import type { TenantId } from './column-types.ts'

/** What a tenant was called before it became part of the one that has it now. */
export interface TenantAliasTable {
  id: Generated<number>
  tenant_id: TenantId
  name: string
  /** Null for a client of an integration. */
  slug: string | null
  /** Where it was: its name is known there alone. */
  parent_id: number | null
  name_key: string | null
  integration: string | null
  client_key: string | null
}

/** What was merged into a tenant by one operation. */
export interface TenantMergeTable {
  id: Generated<number>
  operation_id: number
  tenant_id: number
  tenant_name: string
  /** What became of the emptied sources. */
  fate: 'delete' | 'keep'
  sources: string
  counts: string
  choices: string
}
