import type { Table } from './tables.ts'

/** Tags in words, and what carries them. */
export const tagTables: Record<string, Table> = {
  tag: {
    label: 'Tag',
    permission: 'tenant.view',
    title: (row) => String(row['name']),
    columns: {
      name: { label: 'Name' },
      tenant_id: { label: 'Tenant', refers: 'tenant' },
      color: {
        label: 'Color',
        words: (color) => String(color)[0]!.toUpperCase() + String(color).slice(1),
      },
      description: { label: 'Description' },
    },
  },
  person_tag: {
    label: 'Tag',
    permission: 'person.view',
    verbs: { Created: 'Added', Changed: 'Changed', Deleted: 'Removed' },
    title: (row, names) => names('tag', row['tag_id'])!,
    line: { values: [], place: 'person_id', before_place: 'of' },
    columns: {
      tag_id: { label: 'Tag', refers: 'tag' },
      person_id: { label: 'Person', refers: 'person' },
    },
  },
  computer_tag: {
    label: 'Tag',
    permission: 'computer.view',
    verbs: { Created: 'Added', Changed: 'Changed', Deleted: 'Removed' },
    title: (row, names) => names('tag', row['tag_id'])!,
    line: { values: [], place: 'computer_id', before_place: 'of' },
    columns: {
      tag_id: { label: 'Tag', refers: 'tag' },
      computer_id: { label: 'Computer', refers: 'computer' },
    },
  },
  tenant_tag: {
    label: 'Tag',
    permission: 'tenant.view',
    verbs: { Created: 'Added', Changed: 'Changed', Deleted: 'Removed' },
    title: (row, names) => names('tag', row['tag_id'])!,
    line: { values: [], place: 'tenant_id', before_place: 'of' },
    columns: {
      tag_id: { label: 'Tag', refers: 'tag' },
      tenant_id: { label: 'Tenant', refers: 'tenant' },
      covers_children: {
        label: 'Covers child tenants',
        words: (covers) => (covers ? 'Yes' : 'No'),
        usual: 0,
      },
    },
  },
}
