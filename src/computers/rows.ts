import { expressionBuilder } from 'kysely'
import type { ComputerKind, ComputerState, ComputerTab } from '../db/computer-schema.ts'
import type { Schema } from '../db/schema.ts'

/** What a list shows of a computer, and what it sorts by. */
export type ComputerRow = {
  id: number
  tenant_id: number
  top_id: number | null
  name: string
  sort_key: string
  serial_number: string
  kind: ComputerKind
  operating_system: string
  state: ComputerState
  tab: ComputerTab
  last_seen_at: string
  primary_person_id: number | null
  person_name: string | null
}

const eb = expressionBuilder<Schema, 'computer'>()

/** The name of the primary person, who is of the computer's tenant. */
export const PERSON_NAME = eb
  .selectFrom('person')
  .select('person.name')
  .whereRef('person.tenant_id', '=', 'computer.tenant_id')
  .whereRef('person.id', '=', 'computer.primary_person_id')
  .as('person_name')

export const ROW_COLUMNS = [
  'computer.id',
  'computer.tenant_id',
  'computer.top_id',
  'computer.name',
  'computer.sort_key',
  'computer.serial_number',
  'computer.kind',
  'computer.operating_system',
  'computer.state',
  'computer.tab',
  'computer.last_seen_at',
  'computer.primary_person_id',
  PERSON_NAME,
] as const
