import type { ColumnType, Generated } from 'kysely'

// The rows as they lie in the database. Instants are ISO-8601 UTC text, booleans are 0 or 1,
// JSON is text. A test compares this file with the migrated database.

/** A column that the database itself keeps right (a counter): read, never written by us. */
type Kept = ColumnType<number, never, never>

export type Kind =
  'root' | 'msp' | 'client' | 'branch_office' | 'department' | 'division' | 'location'

export interface OperationTable {
  id: Generated<number>
  at: string
  kind: string
  actor_id: number | null
  actor_name: string
  reason: string | null
  undoes_id: number | null
  change_count: Generated<number>
  /** SHA-256 over the previous operation's hash, this row and its changes; null while open. */
  hash: string | null
}

export interface OpenOperationTable {
  slot: number
  operation_id: number
}

export interface ChangeTable {
  id: Generated<number>
  operation_id: number
  table_name: string
  row_id: number
  tenant_id: number | null
  before: string | null
  after: string | null
}

export interface TenantTable {
  id: Generated<number>
  parent_id: number | null
  kind: Kind
  name: string
  /** Two siblings may not share it: the name without regard to case and Unicode form. */
  name_key: string
  /** What lists sort by: the name in plain letters. */
  sort_key: string
  slug: string
  description: Generated<string>
  active: Generated<number>
  blocks_inheritance: Generated<number>
  version: Generated<number>
  child_count: Kept
  descendant_count: Kept
  override_count: Kept
  override_count_below: Kept
}

export interface PreferenceEntryTable {
  id: Generated<number>
  tenant_id: number
  key: string
  form: 'value' | 'reset' | 'list'
  value: string | null
  added: string | null
  removed: string | null
  lock: 'fixed' | 'bounded' | null
  bounds: string | null
  version: Generated<number>
  operation_id: number
}

export interface ExemptionTable {
  id: Generated<number>
  tenant_id: number
  key: string
  lock_tenant_id: number
  reason: string
  ticket: Generated<string>
  expires_at: string | null
  operation_id: number
}

export interface PersonTable {
  id: Generated<number>
  tenant_id: number
  name: string
  email: string
  /** Two people of a tenant may not share it: the address without regard to case. */
  email_key: string
  version: Generated<number>
}

export interface UserAccountTable {
  person_id: number
  email_key: string
  password_hash: string
  password_changed_at: string
}

export interface SessionTable {
  id: Generated<number>
  token_hash: string
  person_id: number
  created_at: string
  last_seen_at: string
  expires_at: string
  user_agent: string
}

/** A browser in which a person has signed in before. */
export interface KnownDeviceTable {
  id: Generated<number>
  token_hash: string
  person_id: number
  last_used_at: string
}

export interface ApiTokenTable {
  id: Generated<number>
  tenant_id: number
  person_id: number
  name: string
  prefix: string
  token_hash: string
  expires_at: string | null
  last_used_at: string | null
}

export interface SignInFailureTable {
  id: Generated<number>
  account_key: string
  address: string
  at: string
}

export interface JobTable {
  id: Generated<number>
  kind: string
  person_id: number | null
  state: 'draft' | 'running' | 'done' | 'failed' | 'cancelled'
  title: string
  input: string
  result: string | null
  done: Generated<number>
  total: Generated<number>
  created_at: string
  ended_at: string | null
}

export interface IdempotencyKeyTable {
  id: Generated<number>
  person_id: number
  key: string
  request_hash: string
  status: number
  body: string
  created_at: string
}

export interface Schema {
  operation: OperationTable
  open_operation: OpenOperationTable
  change: ChangeTable
  tenant: TenantTable
  preference_entry: PreferenceEntryTable
  exemption: ExemptionTable
  person: PersonTable
  user_account: UserAccountTable
  session: SessionTable
  known_device: KnownDeviceTable
  api_token: ApiTokenTable
  sign_in_failure: SignInFailureTable
  job: JobTable
  idempotency_key: IdempotencyKeyTable
}
