import type { Row, Table } from './tables.ts'

const yesOrNo = (value: string | number) => (value ? 'Yes' : 'No')

const choice = (words: Record<string, string>) => (value: string | number) =>
  words[String(value)] ?? String(value)

const zoneOf = choice({
  fixed: 'The same for all',
  tenant: 'Each tenant’s',
  computer: 'Each computer’s',
})

const minutes = (value: string | number) => `${value} minutes`

/** The logged tables of schedules, in words. */
export const scheduleTables: Record<string, Table> = {
  schedule: {
    label: 'Schedule',
    permission: 'schedule.view',
    title: (row: Row) => String(row['name']),
    columns: {
      name: { label: 'Name' },
      tenant_id: { label: 'Tenant', refers: 'tenant' },
      state: {
        label: 'State',
        words: choice({ enabled: 'Enabled', disabled: 'Disabled', deleted: 'Deleted' }),
      },
      rules: { label: 'Times' },
      window_minutes: { label: 'Window', words: minutes },
      zone_of: { label: 'Time zone', words: zoneOf },
      zone: { label: 'Zone' },
      detection_minutes: { label: 'Detection before', words: minutes },
      target: {
        label: 'For',
        words: choice({
          all: 'All computers',
          tag: 'A tag',
          group: 'A group',
          computers: 'Chosen computers',
        }),
      },
      target_tag_id: { label: 'Tag', refers: 'tag' },
      target_kinds: { label: 'Kinds' },
      applies_to_children: { label: 'Applies to child tenants', words: yesOrNo },
      locked: { label: 'Locked', words: yesOrNo, usual: 0 },
      options: { label: 'Options', usual: '{}' },
      spread_minutes: { label: 'Spread', words: minutes, usual: 0 },
      missed: {
        label: 'Missed windows',
        words: choice({ skip: 'Skip', once: 'Once', all: 'All' }),
      },
      overlap: { label: 'Overlaps', words: choice({ skip: 'Skip', queue: 'Queue' }) },
    },
  },
  schedule_computer: {
    label: 'Chosen computer',
    permission: 'schedule.view',
    verbs: { Created: 'Added', Changed: 'Changed', Deleted: 'Removed' },
    title: (row, names) => names('computer', row['computer_id'])!,
    line: { values: [], place: 'schedule_id', before_place: 'of' },
    columns: {
      computer_id: { label: 'Computer', refers: 'computer' },
      schedule_id: { label: 'Schedule', refers: 'schedule' },
    },
  },
  schedule_override: {
    label: 'Inherited schedule',
    permission: 'schedule.view',
    verbs: { Created: 'Decided about', Changed: 'Changed', Deleted: 'No longer decided:' },
    title: (row, names) => names('schedule', row['schedule_id'])!,
    line: { values: ['form'], place: 'tenant_id', before_place: 'at' },
    columns: {
      schedule_id: { label: 'Schedule', refers: 'schedule' },
      tenant_id: { label: 'Tenant', refers: 'tenant' },
      form: {
        label: 'Decided',
        words: choice({ off: 'Switched off', on: 'On, with the times of its owner', own: 'Own times' }),
      },
      rules: { label: 'Times' },
      window_minutes: { label: 'Window', words: minutes },
      zone_of: { label: 'Time zone', words: zoneOf },
      zone: { label: 'Zone' },
    },
  },
  maintenance_order: {
    label: 'Order',
    permission: 'schedule.view',
    verbs: { Created: 'Gave', Changed: 'Changed', Deleted: 'Deleted' },
    title: (row) =>
      choice({
        run: 'Run now',
        cancel_window: 'Cancel the window',
        cancel_session: 'Cancel the session',
      })(String(row['verb'])),
    line: { values: [], place: 'schedule_id', before_place: 'of' },
    columns: {
      schedule_id: { label: 'Schedule', refers: 'schedule' },
      tenant_id: { label: 'Tenant', refers: 'tenant' },
      reason: { label: 'Reason' },
    },
  },
}
