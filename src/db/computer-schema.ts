import type { ColumnType, Generated } from 'kysely'
import type { TenantId } from './column-types.ts'

export type ComputerKind = 'server' | 'workstation' | 'portable'

export type Platform = 'windows' | 'macos' | 'linux' | 'other'

/** What somebody has said about a computer. That it is stale follows from when it was last seen. */
export type ComputerState = 'new' | 'active' | 'excluded' | 'deleted'

/** Where a list shows a computer. */
export type ComputerTab = 'active' | 'new' | 'stale' | 'deleted'

export interface ComputerTable {
  id: Generated<number>
  tenant_id: TenantId
  name: string
  /** What lists sort by: the name in plain letters. */
  sort_key: string
  serial_number: Generated<string>
  manufacturer: Generated<string>
  model: Generated<string>
  hardware_uuid: Generated<string>
  /** The UUID in one spelling; null for one that tells nothing. */
  uuid_key: string | null
  /** Manufacturer and serial number in one spelling; null where they tell nothing. */
  serial_key: string | null
  operating_system: Generated<string>
  platform: Platform
  kind: ComputerKind
  /** Somebody of the same tenant. */
  primary_person_id: number | null
  state: ComputerState
  /** How it came to be here: typed in, from a file, or by what an integration reported. */
  source: 'typed' | 'imported' | 'reported'
  version: Generated<number>
  /** Both '' while it never was. */
  first_seen_at: Generated<string>
  last_seen_at: Generated<string>
  stale: Generated<number>
  /** The ancestor of the tenant just below the root, or the tenant itself if it is one. */
  top_id: ColumnType<number | null, never, number | null>
  /** As the IANA spells it; '' while it is not known. */
  time_zone: Generated<string>
  tab: ColumnType<ComputerTab, never, never>
}

/** Why nobody can say by itself which computer an agent is on. */
export type Doubt = 'several' | 'contradiction' | 'elsewhere'

export interface AgentTable {
  id: Generated<number>
  tenant_id: TenantId
  /** Null while somebody has to decide. */
  computer_id: number | null
  integration: string
  /** What the integration calls it. */
  external_key: string
  name: Generated<string>
  /** What it reported, as JSON: `ReportedFacts`. The computer's own facts are in the log. */
  reported: Generated<string>
  doubt: Doubt | null
  last_seen_at: Generated<string>
}

/** A filter that is kept, and whoever it matches at or below its tenant is a member. */
export interface ComputerGroupTable {
  id: Generated<number>
  tenant_id: TenantId
  name: string
  name_key: string
  description: Generated<string>
  /** A `GroupFilter` as JSON. */
  filter: string
  /** What of that which the filter names has been deleted. */
  missing: Generated<'' | 'tenant' | 'tag'>
  version: Generated<number>
}

/** How many computers there are in each tab: in a branch just below the root; as 1, everywhere. */
export interface ComputerCountTable {
  top_id: number
  tab: ComputerTab
  number: number
}
