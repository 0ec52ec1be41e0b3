import type { Schema } from './schema.ts'

/**
 * What a table holds: `tenant` = rows of one tenant, seen only through the actor's scope;
 * `global` = shared by all tenants; `system` = the machinery's own.
 */
type TableClass = 'tenant' | 'global' | 'system'

type TableFacts = {
  class: TableClass
  /**
   * Where the change log finds the row's tenant, and the scope guard too; absent for tables that are
   * not logged.
   * Logged tables have an integer primary key `id`.
   */
  tenant_column?: string
  /** Of a table that is not logged: where the scope guard finds the row's tenant. */
  scope_column?: string
  /** Where the log of moves has the tenant that a row left: to whom that is seen too, in part. */
  former_column?: string
  /**
   * Columns that say something of the row's tenant, and what. Triggers keep them; where they are
   * written along with the tenant, these need not write the row once more.
   */
  of_tenant?: Readonly<Record<string, 'top_id'>>
  /** Columns that only report, or hold secrets: they never enter the change log. */
  unlogged?: readonly string[]
}

/** Every table, by name. A table that is missing here fails the tests. */
export const tables: Record<keyof Schema, TableFacts> = {
  operation: { class: 'system' },
  open_operation: { class: 'system' },
  // What a row says of a tenant is as much the tenant's as the row that it was written about.
  change: { class: 'system', scope_column: 'tenant_id', former_column: 'left_tenant_id' },
  tenant: {
    class: 'tenant',
    tenant_column: 'id',
    unlogged: [
      'child_count',
      'descendant_count',
      'override_count',
      'override_count_below',
      'path',
      'top_id',
    ],
  },
  tenant_alias: { class: 'tenant', tenant_column: 'tenant_id' },
  // A record of its own, of what was done for good.
  tenant_merge: { class: 'system', scope_column: 'tenant_id' },
  preference_entry: { class: 'tenant', tenant_column: 'tenant_id' },
  exemption: { class: 'tenant', tenant_column: 'tenant_id' },
  person: {
    class: 'tenant',
    tenant_column: 'tenant_id',
    unlogged: ['top_id', 'tenant_sort_key'],
  },
  tag: { class: 'tenant', tenant_column: 'tenant_id' },
  person_tag: { class: 'tenant', tenant_column: 'tenant_id' },
  computer_tag: { class: 'tenant', tenant_column: 'tenant_id' },
  tenant_tag: { class: 'tenant', tenant_column: 'tenant_id' },
  invitation: { class: 'system' },
  role: { class: 'global', tenant_column: 'tenant_id' },
  user_group: { class: 'tenant', tenant_column: 'tenant_id' },
  user_group_member: { class: 'tenant', tenant_column: 'tenant_id' },
  role_assignment: { class: 'tenant', tenant_column: 'tenant_id' },
  access_request: {
    class: 'tenant',
    tenant_column: 'tenant_id',
    // The history of whoever asks must not tell whether there is such a tenant.
    unlogged: ['asked_tenant_id'],
  },
  notification: { class: 'system' },
  user_account: { class: 'system' },
  session: { class: 'system' },
  known_device: { class: 'system' },
  passkey: { class: 'system' },
  totp: { class: 'system' },
  recovery_code: { class: 'system' },
  pending_sign_in: { class: 'system' },
  passkey_challenge: { class: 'system' },
  api_token: {
    class: 'tenant',
    tenant_column: 'tenant_id',
    unlogged: ['token_hash', 'last_used_at'],
  },
  sign_in_failure: { class: 'system' },
  computer: {
    class: 'tenant',
    tenant_column: 'tenant_id',
    unlogged: ['first_seen_at', 'last_seen_at', 'stale', 'top_id'],
    of_tenant: { top_id: 'top_id' },
  },
  agent: {
    class: 'tenant',
    tenant_column: 'tenant_id',
    unlogged: ['name', 'reported', 'last_seen_at'],
  },
  computer_count: { class: 'system', scope_column: 'top_id' },
  computer_group: { class: 'tenant', tenant_column: 'tenant_id' },
  schedule: { class: 'tenant', tenant_column: 'tenant_id' },
  schedule_computer: { class: 'tenant', tenant_column: 'tenant_id' },
  schedule_override: { class: 'tenant', tenant_column: 'tenant_id' },
  next_window: { class: 'system' },
  schedule_to_plan: { class: 'system' },
  scheduler: { class: 'system' },
  session_to_review: { class: 'system' },
  window_to_settle: { class: 'system' },
  // What the scheduler does and what came of it are a record by themselves, and many rows a night.
  maintenance_window: { class: 'tenant', scope_column: 'tenant_id' },
  session_options: { class: 'system' },
  maintenance_session: { class: 'tenant', scope_column: 'tenant_id' },
  maintenance_order: { class: 'tenant', tenant_column: 'tenant_id' },
  calendar_feed: {
    class: 'tenant',
    tenant_column: 'tenant_id',
    unlogged: ['token_hash', 'created_at'],
  },
  job: { class: 'system' },
  idempotency_key: { class: 'system' },
  identity_provider: {
    class: 'tenant',
    tenant_column: 'tenant_id',
    unlogged: ['client_secret'],
  },
  identity: { class: 'tenant', tenant_column: 'tenant_id', unlogged: ['last_used_at'] },
  oidc_attempt: { class: 'system' },
}
