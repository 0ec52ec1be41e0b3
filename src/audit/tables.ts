import { type Permission, permissionWords } from '../access/permissions.ts'
import { findPreference, type Preference } from '../preferences/catalogue.ts'
import type { Bounds } from '../preferences/inheritance.ts'
import { formatBounds, formatValue } from '../preferences/value.ts'
import { kindLooks } from '../tenants/kinds.ts'
import { formatInstant } from '../web/time.ts'
import { assigned, assignmentTitle, assignmentVerbs } from './assignment-words.ts'
import type { Names } from './names.ts'
import { computerTables } from './computer-tables.ts'
import { scheduleTables } from './schedule-tables.ts'
import { tagTables } from './tag-tables.ts'

/** A row as it was logged. */
export type Row = Record<string, string | number | null>

type Column = Plain | Reference
type Plain = {
  label: string
  /** Without it, the value is shown as it is. Null is not shown. */
  words?: (value: string | number, row: Row, names: Names) => string | null
  /** What the value names beside: the words for it may call it by name. */
  mentions?: (value: string) => Mention[]
  /** The value that goes without saying when a row is created or deleted. */
  usual?: string | number
}
/** A column that points at a row of another table, which is shown by its name. */
type Reference = { label: string; refers: Referred }
export type Referred =
  'tenant' | 'person' | 'user_group' | 'role' | 'tag' | 'computer' | 'computer_group' | 'schedule'

/** A row that a value names. */
type Mention = { table: Referred; id: number }

type Verbs = { Created: string; Changed: string; Deleted: string }

/** A logged table in words. */
export type Table = {
  label: string
  /** What it takes, besides the permission to see the history, to read about its rows. */
  permission?: Permission
  /** What happened to a row, where "Created", "Changed" and "Deleted" are not the words for it. */
  verbs?: Verbs | ((row: Row) => Verbs)
  /** What tells the row from others of the same table. */
  title: (row: Row, names: Names) => string
  /** What a change says in one line besides verb, label and title. */
  line?: {
    /** Whether the title says of what kind the row is. */
    title_alone?: true
    /** What is said in place of label and title. */
    subject?: (row: Row, names: Names) => string
    /** Of a row that was created: the first of these columns that has something to say. */
    values: string[]
    place: string
    before_place: string
  }
  /** The columns worth reading, in order; the others are left out. */
  columns: Record<string, Column>
}

const yesOrNo = (value: string | number) => (value ? 'Yes' : 'No')

const moment = (instant: string | number) => formatInstant(String(instant))

const permissionsInWords = (json: string | number) =>
  (JSON.parse(String(json)) as string[])
    .map((name) => permissionWords[name as Permission] ?? name)
    .join(', ')

const inPreference =
  (words: (preference: Preference, value: unknown) => string) =>
  (json: string | number, row: Row) => {
    const preference = findPreference(String(row['key']))
    const value: unknown = JSON.parse(String(json))
    return preference ? words(preference, value) : JSON.stringify(value)
  }

const preferenceLabel = (row: Row) =>
  findPreference(String(row['key']))?.label ?? String(row['key'])

/** The logged tables in words. A feature with a table of its own adds it here. */
export const loggedTables: Record<string, Table> = {
  tenant: {
    label: 'Tenant',
    title: (row) => String(row['name']),
    columns: {
      name: { label: 'Name' },
      parent_id: { label: 'Parent', refers: 'tenant' },
      kind: { label: 'Kind', words: (kind) => kindLooks[kind as keyof typeof kindLooks].label },
      slug: { label: 'Slug' },
      description: { label: 'Description' },
      active: { label: 'Active', words: yesOrNo, usual: 1 },
      blocks_inheritance: { label: 'Blocks inheritance', words: yesOrNo, usual: 0 },
    },
  },
  tenant_alias: {
    label: 'Former name',
    permission: 'tenant.view',
    verbs: { Created: 'Added', Changed: 'Changed', Deleted: 'Removed' },
    title: (row) => String(row['slug'] ?? row['client_key']),
    line: { values: [], place: 'tenant_id', before_place: 'of' },
    columns: {
      tenant_id: { label: 'Of', refers: 'tenant' },
      name: { label: 'Name' },
      slug: { label: 'Slug' },
      integration: { label: 'Integration' },
      client_key: { label: 'Called there' },
    },
  },
  preference_entry: {
    label: 'Preference',
    permission: 'preference.view',
    verbs: { Created: 'Set', Changed: 'Changed', Deleted: 'No longer set:' },
    title: preferenceLabel,
    line: {
      title_alone: true,
      values: ['form', 'value'],
      place: 'tenant_id',
      before_place: 'at',
    },
    columns: {
      tenant_id: { label: 'Set at', refers: 'tenant' },
      // That it is a value or a list shows by what follows.
      form: { label: 'Set to', words: (form) => (form === 'reset' ? 'Factory value' : null) },
      value: { label: 'Value', words: inPreference(formatValue) },
      added: { label: 'Added', words: inPreference(formatValue) },
      removed: { label: 'Removed', words: inPreference(formatValue) },
      lock: {
        label: 'Lock',
        words: (lock) => (lock === 'fixed' ? 'Locked for all below' : 'Within bounds below'),
      },
      bounds: {
        label: 'Allowed below',
        words: inPreference((preference, bounds) => formatBounds(preference, bounds as Bounds)),
      },
    },
  },
  exemption: {
    label: 'Exemption',
    permission: 'preference.view',
    verbs: { Created: 'Granted', Changed: 'Changed', Deleted: 'Withdrew' },
    title: preferenceLabel,
    line: { values: [], place: 'tenant_id', before_place: 'for' },
    columns: {
      tenant_id: { label: 'For', refers: 'tenant' },
      lock_tenant_id: { label: 'From the lock at', refers: 'tenant' },
      reason: { label: 'Reason' },
      ticket: { label: 'Ticket' },
      expires_at: { label: 'Ends', words: moment },
    },
  },
  person: {
    label: 'Person',
    permission: 'person.view',
    title: (row) => String(row['name']),
    columns: {
      name: { label: 'Name' },
      email: { label: 'E-mail' },
      tenant_id: { label: 'Works at', refers: 'tenant' },
      role_id: { label: 'Role', refers: 'role' },
      active: { label: 'Active', words: yesOrNo, usual: 1 },
    },
  },
  ...tagTables,
  role: {
    label: 'Role',
    title: (row) => String(row['name']),
    columns: {
      name: { label: 'Name' },
      description: { label: 'Description' },
      permissions: { label: 'Permits', words: permissionsInWords },
      requires_second_factor: { label: 'Requires a second factor', words: yesOrNo, usual: 0 },
    },
  },
  user_group: {
    label: 'Group',
    permission: 'access.view',
    title: (row) => String(row['name']),
    columns: {
      name: { label: 'Name' },
      description: { label: 'Description' },
      tenant_id: { label: 'Tenant', refers: 'tenant' },
    },
  },
  user_group_member: {
    label: 'Member',
    permission: 'access.view',
    verbs: { Created: 'Added', Changed: 'Changed', Deleted: 'Removed' },
    title: (row, names) => names('person', row['person_id'])!,
    line: { values: [], place: 'group_id', before_place: 'of' },
    columns: {
      person_id: { label: 'Person', refers: 'person' },
      group_id: { label: 'Group', refers: 'user_group' },
    },
  },
  role_assignment: {
    label: 'Access',
    permission: 'access.view',
    verbs: assignmentVerbs,
    title: assignmentTitle,
    line: {
      subject: assigned,
      values: ['person_id', 'group_id'],
      place: 'tenant_id',
      before_place: 'at',
    },
    columns: {
      person_id: { label: 'Who', refers: 'person' },
      group_id: { label: 'Who', refers: 'user_group' },
      role_id: { label: 'Role', refers: 'role' },
      effect: {
        label: 'Effect',
        words: (effect) => (effect === 'deny' ? 'Denied' : 'Allowed'),
        usual: 'allow',
      },
      tenant_id: { label: 'At', refers: 'tenant' },
      reason: { label: 'Reason' },
      expires_at: { label: 'Ends', words: moment },
    },
  },
  access_request: {
    label: 'Request for access',
    permission: 'access.view',
    verbs: { Created: 'Made', Changed: 'Answered', Deleted: 'Withdrew' },
    title: (row) => String(row['asked_for']),
    columns: {
      person_id: { label: 'Of', refers: 'person' },
      message: { label: 'What for' },
      state: {
        label: 'Answer',
        words: (state) => (state === 'open' ? null : state === 'granted' ? 'Granted' : 'Denied'),
      },
      answer: { label: 'What was said' },
    },
  },
  api_token: {
    label: 'API token',
    permission: 'access.view',
    title: (row) => String(row['name']),
    columns: {
      name: { label: 'Name' },
      prefix: { label: 'Begins with' },
      tenant_id: { label: 'Tenant', refers: 'tenant' },
      expires_at: { label: 'Ends', words: moment },
    },
  },
  identity_provider: {
    label: 'Provider of single sign-on',
    permission: 'access.view',
    title: (row) => String(row['name']),
    columns: {
      name: { label: 'Name' },
      tenant_id: { label: 'For', refers: 'tenant' },
      slug: { label: 'Short name' },
      issuer: { label: 'Issuer' },
      client_id: { label: 'Client id' },
      vouches_for_two_factors: { label: 'Vouches for two factors', words: yesOrNo, usual: 0 },
      enabled: { label: 'Enabled', words: yesOrNo, usual: 1 },
    },
  },
  identity: {
    label: 'Link of single sign-on',
    permission: 'access.view',
    title: (row) => String(row['subject']),
    columns: {
      person_id: { label: 'Of', refers: 'person' },
      tenant_id: { label: 'Who works at', refers: 'tenant' },
      issuer: { label: 'Issuer' },
      subject: { label: 'Account' },
    },
  },
  ...computerTables,
  ...scheduleTables,
}
