import { loggedFilterInWords, namedByFilter } from '../computers/groups/words.ts'
import { kindLooks, stateLabels } from '../computers/kinds.ts'
import type { ComputerKind, ComputerState } from '../db/computer-schema.ts'
import type { Table } from './tables.ts'

/** Computers in words, their agents, and groups of them. */
export const computerTables: Record<string, Table> = {
  computer: {
    label: 'Computer',
    permission: 'computer.view',
    title: (row) => String(row['name']),
    columns: {
      name: { label: 'Name' },
      tenant_id: { label: 'Tenant', refers: 'tenant' },
      kind: { label: 'Kind', words: (kind) => kindLooks[kind as ComputerKind].label },
      state: { label: 'State', words: (state) => stateLabels[state as ComputerState] },
      serial_number: { label: 'Serial number' },
      manufacturer: { label: 'Manufacturer' },
      model: { label: 'Model' },
      hardware_uuid: { label: 'Hardware UUID' },
      operating_system: { label: 'Operating system' },
      time_zone: { label: 'Time zone' },
      primary_person_id: { label: 'Primary person', refers: 'person' },
    },
  },
  computer_group: {
    label: 'Group of computers',
    permission: 'computer.view',
    title: (row) => String(row['name']),
    columns: {
      name: { label: 'Name' },
      description: { label: 'Description' },
      tenant_id: { label: 'Tenant', refers: 'tenant' },
      filter: {
        label: 'Filter',
        words: (json, _, names) => loggedFilterInWords(String(json), names),
        mentions: namedByFilter,
      },
      missing: { label: 'Has no members', words: (missing) => `Its ${missing} was deleted` },
    },
  },
  agent: {
    label: 'Agent',
    permission: 'computer.view',
    title: (row) => `${String(row['external_key'])} of ${String(row['integration'])}`,
    columns: {
      tenant_id: { label: 'Tenant', refers: 'tenant' },
      computer_id: { label: 'Computer', refers: 'computer' },
      integration: { label: 'Integration' },
      external_key: { label: 'Called there' },
    },
  },
}
