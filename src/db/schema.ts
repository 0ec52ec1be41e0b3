import type { ColumnType, Generated } from 'kysely'
import type {
  AccessRequestTable,
  RoleAssignmentTable,
  RoleTable,
  UserGroupMemberTable,
  UserGroupTable,
} from './access-schema.ts'
import type {
  ApiTokenTable,
  InvitationTable,
  KnownDeviceTable,
  PasskeyChallengeTable,
  PasskeyTable,
  PendingSignInTable,
  RecoveryCodeTable,
  SessionTable,
  SignInFailureTable,
  TotpTable,
  UserAccountTable,
} from './account-schema.ts'
import type { Kept, TenantId } from './column-types.ts'
import type {
  AgentTable,
  ComputerCountTable,
  ComputerGroupTable,
  ComputerTable,
} from './computer-schema.ts'
import type { ComputerTagTable, PersonTagTable, TagTable, TenantTagTable } from './tag-schema.ts'
import type {
  CalendarFeedTable,
  MaintenanceOrderTable,
  MaintenanceSessionTable,
  MaintenanceWindowTable,
  NextWindowTable,
  ScheduleComputerTable,
  ScheduleOverrideTable,
  SchedulerTable,
  ScheduleTable,
  ScheduleToPlanTable,
  SessionOptionsTable,
  SessionToReviewTable,
  WindowToSettleTable,
} from './schedule-schema.ts'
import type { TenantAliasTable, TenantMergeTable } from './merge-schema.ts'

// The rows as they lie in the database. Instants are ISO-8601 UTC text, booleans are 0 or 1,
// JSON is text. A test compares this file with the migrated database.

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
  /** Whose row it is: that of a person, or one that hangs on a person. */
  person_id: ColumnType<number | null, never, never>
  /** The tenant that the row left; of a tenant, its former parent. */
  left_tenant_id: ColumnType<number | null, never, never>
  /** Of a tenant that moved: its new parent. */
  joined_tenant_id: ColumnType<number | null, never, never>
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
  /** `/1/3/4/`: the ids from the root down to the tenant itself. */
  path: ColumnType<string, never, never>
  /** The ancestor just below the root, or the tenant itself if it is one; null for the root. */
  top_id: ColumnType<number | null, never, never>
}

export interface PreferenceEntryTable {
  id: Generated<number>
  tenant_id: TenantId
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
  tenant_id: TenantId
  key: string
  lock_tenant_id: number
  reason: string
  ticket: Generated<string>
  expires_at: string | null
  operation_id: number
}

export interface PersonTable {
  id: Generated<number>
  tenant_id: TenantId
  name: string
  /** What lists sort by: the name in plain letters. */
  sort_key: string
  email: string
  /** Two people of a tenant may not share it: the address without regard to case. */
  email_key: string
  /** What the person may do as a user; null for somebody who cannot sign in. */
  role_id: number | null
  active: Generated<number>
  /** How the person came to be here: typed in, or imported from a file. */
  source: Generated<'typed' | 'imported'>
  /** When the person was invited to become a user; null when nobody waits for that. */
  invited_at: ColumnType<string | null, string | null | undefined, string | null>
  version: Generated<number>
  /** The ancestor of the tenant just below the root, or the tenant itself if it is one. */
  top_id: ColumnType<number | null, never, never>
  /** What the tenant sorts by. */
  tenant_sort_key: ColumnType<string, never, never>
}

/** Usable where it was made and below. */
export interface NotificationTable {
  id: Generated<number>
  person_id: number
  /** Shown only while its reader may see this tenant. */
  tenant_id: number | null
  kind: string
  subject_id: number | null
  title: string
  href: string
  created_at: string
  read_at: string | null
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

/** Who vouches for accounts, and whose people it is for: those of the tenant and below it. */
export interface IdentityProviderTable {
  id: Generated<number>
  tenant_id: number
  name: string
  /** Names it in the address with which its people sign in. */
  slug: string
  issuer: string
  client_id: string
  /** Sealed; null for a client that has none. */
  client_secret: string | null
  /** Whoever signs in there has shown two factors. */
  vouches_for_two_factors: Generated<number>
  enabled: Generated<number>
  version: Generated<number>
}

/** An account at a provider that is a person's. */
export interface IdentityTable {
  id: Generated<number>
  tenant_id: number
  person_id: number
  provider_id: number
  issuer: string
  subject: string
  created_at: string
  last_used_at: string | null
}

/** Somebody who was sent to a provider and has not come back. */
export interface OidcAttemptTable {
  id: Generated<number>
  state_hash: string
  browser_hash: string
  provider_id: number
  purpose: 'sign_in' | 'link' | 'verify' | 'invitation'
  next: string
  redirect_uri: string
  session_hash: string | null
  reference: string | null
  address: string
  expires_at: string
}

export interface Schema {
  operation: OperationTable
  open_operation: OpenOperationTable
  change: ChangeTable
  tenant: TenantTable
  tenant_alias: TenantAliasTable
  tenant_merge: TenantMergeTable
  preference_entry: PreferenceEntryTable
  exemption: ExemptionTable
  person: PersonTable
  tag: TagTable
  person_tag: PersonTagTable
  computer_tag: ComputerTagTable
  tenant_tag: TenantTagTable
  invitation: InvitationTable
  role: RoleTable
  user_group: UserGroupTable
  user_group_member: UserGroupMemberTable
  role_assignment: RoleAssignmentTable
  access_request: AccessRequestTable
  notification: NotificationTable
  user_account: UserAccountTable
  session: SessionTable
  known_device: KnownDeviceTable
  passkey: PasskeyTable
  totp: TotpTable
  recovery_code: RecoveryCodeTable
  pending_sign_in: PendingSignInTable
  passkey_challenge: PasskeyChallengeTable
  api_token: ApiTokenTable
  sign_in_failure: SignInFailureTable
  computer: ComputerTable
  agent: AgentTable
  computer_count: ComputerCountTable
  computer_group: ComputerGroupTable
  schedule: ScheduleTable
  schedule_computer: ScheduleComputerTable
  schedule_override: ScheduleOverrideTable
  next_window: NextWindowTable
  schedule_to_plan: ScheduleToPlanTable
  scheduler: SchedulerTable
  session_to_review: SessionToReviewTable
  window_to_settle: WindowToSettleTable
  maintenance_window: MaintenanceWindowTable
  session_options: SessionOptionsTable
  maintenance_session: MaintenanceSessionTable
  maintenance_order: MaintenanceOrderTable
  calendar_feed: CalendarFeedTable
  job: JobTable
  idempotency_key: IdempotencyKeyTable
  identity_provider: IdentityProviderTable
  identity: IdentityTable
  oidc_attempt: OidcAttemptTable
}
