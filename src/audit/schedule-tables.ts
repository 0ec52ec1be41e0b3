import { findPreference } from '../preferences/catalogue.ts'
import { formatValue } from '../preferences/value.ts'
import type { Times } from '../schedules/stored.ts'
import { durationInWords, startsInWords } from '../schedules/words.ts'
import type { Row, Table } from './tables.ts'

const yesOrNo = (value: string | number) => (value ? 'Yes' : 'No')

const choice = (words: Record<string, string>) => (value: string | number) =>
  words[String(value)] ?? String(value)

const zoneOf = choice({
  fixed: 'The same for all',
  tenant: 'Each tenant’s',
  computer: 'Each computer’s',
})

const minutes = (value: string | number) => durationInWords(Number(value)) || '0 minutes'

const days = (value: string | number) => (value === 1 ? '1 day' : `${value} days`)

const times = (json: string | number) => startsInWords(JSON.parse(String(json)) as Times['rules'])

/** What is decided instead of the preferences, by their names. */
function options(json: string | number) {
  const decided = Object.entries(JSON.parse(String(json)) as Record<string, unknown>)
  const words = decided.map(([key, value]) => {
    const preference = findPreference(key)
    return preference ? `${preference.label}: ${formatValue(preference, value)}` : key
  })
  return words.join('; ') || 'As each tenant prefers'
}

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
      rules: { label: 'Times', words: times },
      window_minutes: { label: 'Length of the window', words: minutes },
      zone_of: { label: 'Time zone', words: zoneOf },
      zone: { label: 'Zone' },
      detection_minutes: { label: 'Detection before the window', words: minutes },
      target: {
        label: 'Targets',
        words: choice({
          all: 'All computers',
          tag: 'A tag',
          group: 'A group',
          computers: 'Chosen computers',
        }),
      },
      target_tag_id: { label: 'Tag', refers: 'tag' },
      target_group_id: { label: 'Group', refers: 'computer_group' },
      target_kinds: {
        label: 'Kinds of computers',
        usual: 'any',
        words: choice({
          any: 'All kinds',
          servers: 'Servers',
          workstations: 'Workstations',
          portables: 'Portables',
          not_servers: 'Workstations and portables',
        }),
      },
      applies_to_children: { label: 'Applies to child tenants', words: yesOrNo },
      locked: { label: 'Locked', words: yesOrNo, usual: 0 },
      options: { label: 'Options', usual: '{}', words: options },
      spread_minutes: { label: 'Random spread', words: minutes, usual: 0 },
      missed: {
        label: 'Missed windows',
        usual: 'skip',
        words: choice({ skip: 'Skipped', once: 'The last one runs', all: 'All run' }),
      },
      missed_days: { label: 'Missed in the last', words: days, usual: 7 },
      overlap: {
        label: 'Overlap',
        usual: 'skip',
        words: choice({ skip: 'The new window is skipped', queue: 'The new window is queued' }),
      },
      unfinished: {
        label: 'Computers not started in time',
        usual: 'miss',
        words: choice({ miss: 'Miss the window', wait: 'Wait for the next window' }),
      },
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
        words: choice({
          off: 'Switched off',
          on: 'On, with the times of its owner',
          own: 'Own times',
        }),
      },
      rules: { label: 'Times', words: times },
      window_minutes: { label: 'Length of the window', words: minutes },
      zone_of: { label: 'Time zone', words: zoneOf },
      zone: { label: 'Zone' },
    },
  },
  calendar_feed: {
    label: 'Secret link',
    permission: 'schedule.view',
    verbs: { Created: 'Made', Changed: 'Changed', Deleted: 'Revoked' },
    title: (row, names) => `to the calendar of ${names('tenant', row['tenant_id'])!}`,
    columns: {
      tenant_id: { label: 'Calendar of', refers: 'tenant' },
      person_id: { label: 'Of', refers: 'person' },
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
        cancel_sessions: 'Cancel sessions of the window',
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
