import type { Generated } from 'kysely'
import type { TenantId } from './column-types.ts'

export interface TagTable {
  id: Generated<number>
  tenant_id: TenantId
  name: string
  name_key: string
  color: TagColor
  description: Generated<string>
  version: Generated<number>
}

export type TagColor =
  'gray' | 'red' | 'orange' | 'yellow' | 'green' | 'teal' | 'blue' | 'violet' | 'pink'

export interface PersonTagTable {
  id: Generated<number>
  tenant_id: TenantId
  person_id: number
  /** Where the tag was made: the person's tenant, or one above it. */
  tag_tenant_id: number
  tag_id: number
}

/** On a computer itself, not by its tenant or its primary person. */
export interface ComputerTagTable {
  id: Generated<number>
  tenant_id: TenantId
  computer_id: number
  /** Where the tag was made: the computer's tenant, or one above it. */
  tag_tenant_id: number
  tag_id: number
}

export interface TenantTagTable {
  id: Generated<number>
  tenant_id: TenantId
  tag_tenant_id: number
  tag_id: number
  /** Whether it covers the tenants below it too. */
  covers_children: Generated<number>
}
