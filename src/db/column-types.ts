import type { ColumnType } from 'kysely'
import type { VisibleTenant } from './scope.ts'

/** A column that the database itself keeps right (a counter): read, never written by us. */
export type Kept = ColumnType<number, never, never>

/** The tenant of a row: written only with a tenant at which somebody was found to be admitted. */
export type TenantId = ColumnType<number, VisibleTenant, VisibleTenant>
