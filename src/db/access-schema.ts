import type { Generated } from 'kysely'
import type { TenantId } from './column-types.ts'

// The tables that say who may do what. As for `schema.ts`, a test compares them with the database.

export interface RoleTable {
  id: Generated<number>
  tenant_id: Generated<number>
  /** Of a built-in role, whose permissions are the program's. */
  key: 'administrator' | 'manager' | 'technician' | 'viewer' | null
  name: string
  name_key: string
  description: Generated<string>
  /** JSON list; null for a built-in role. */
  permissions: string | null
  requires_second_factor: Generated<number>
  version: Generated<number>
}

export interface UserGroupTable {
  id: Generated<number>
  tenant_id: TenantId
  name: string
  name_key: string
  description: Generated<string>
  version: Generated<number>
}

export interface UserGroupMemberTable {
  id: Generated<number>
  tenant_id: TenantId
  group_id: number
  person_id: number
}

export interface RoleAssignmentTable {
  id: Generated<number>
  /** The node for which it holds, with everything below. */
  tenant_id: TenantId
  person_id: number | null
  group_id: number | null
  /** Null only where everything is denied. */
  role_id: number | null
  effect: 'allow' | 'deny'
  reason: Generated<string>
  expires_at: string | null
  operation_id: number
}

export interface AccessRequestTable {
  id: Generated<number>
  /** The tenant of whoever asks. */
  tenant_id: number
  person_id: number
  /** As it was typed: a slug or a name. */
  asked_for: string
  /** Null when there is no such tenant, which whoever asks is not told. */
  asked_tenant_id: number | null
  message: Generated<string>
  asked_at: string
  state: Generated<'open' | 'granted' | 'denied'>
  answer: Generated<string>
  answered_by: string | null
  answered_at: string | null
}
