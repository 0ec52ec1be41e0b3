import type { Asker } from '../access/visible.ts'
import { permitsSomewhere } from '../access/decide.ts'
import { allThatMatch } from '../jobs/batch.ts'
import type { Tag } from '../tags/queries.ts'
import { type Marked, markMatch } from '../tenants/marks.ts'
import { sortKey } from '../tenants/names.ts'
import { formatCount } from '../web/counts.ts'
import { actionsFor } from './batch/actions.ts'
import {
  filterFieldsOf,
  filterHref,
  isFiltered,
  listHref,
  type ListState,
  type Sort,
} from './list.ts'
import type { ListedRole } from './queries.ts'
import type { PersonRow } from './found.ts'
import { stateLooks, stateOf } from './state.ts'

/** A person as the list shows them. */
export type ListedPerson = PersonRow & {
  tenant_name: string
  role_name: string
  state: { label: string; variant: string }
  tags: Tag[]
  marked_name: Marked | null
  marked_email: Marked | null
}

/** A column, by which the list can be sorted where it has a link. */
type Head = { label: string; sorted: 'ascending' | 'descending' | null; href: string | null }

const COLUMNS: { label: string; by: Sort['by'] | null }[] = [
  { label: 'Name', by: 'name' },
  { label: 'E-mail', by: 'email' },
  { label: 'Tenant', by: 'tenant' },
  { label: 'Role', by: null },
  { label: 'State', by: null },
]

function columnHeads(state: ListState): Head[] {
  const { sort } = state
  return COLUMNS.map(({ label, by }) => {
    if (!by) return { label, sorted: null, href: null }
    const isCurrent = sort.by === by
    const descending = isCurrent && !sort.descending
    return {
      label,
      sorted: isCurrent ? (sort.descending ? 'descending' : 'ascending') : null,
      href: listHref(state, { sort: { by, descending }, after: null }),
    }
  })
}

/** What was found, and what the list needs to show it. */
export type Listed = {
  rows: PersonRow[]
  total: number | null
  next: string | null
  tenant_names: Map<number, { name: string }>
  roles: ListedRole[]
  tags: Tag[]
  tagsOf: (person_id: number) => Tag[]
  /** Why the tenant that is asked for cannot be found. */
  tenant_error: string | null
}

/** The page of the list, from its state and what was found. */
export function listPage(
  asker: Asker,
  state: ListState,
  listed: Listed,
  { now, has_mail }: { now: string; has_mail: boolean },
) {
  const { rows, roles, total, next, tags } = listed
  const folded = sortKey(state.q)
  const is_filtered = isFiltered(state)
  const may = (permission: Parameters<typeof permitsSomewhere>[1]) =>
    permitsSomewhere(asker.access, permission)
  return {
    state,
    rows: rows.map((row) => describeRow(row, folded, listed, now)),
    heads: columnHeads(state),
    roles,
    tags: tags.map(({ id, name }) => ({ id, name })),
    tenant_error: listed.tenant_error,
    is_filtered,
    matches: is_filtered ? matchesOf(state, rows.length, total, next) : null,
    filter_fields: filterFieldsOf(state),
    all: is_filtered ? allThatMatch(total) : 'All people',
    actions: actionsFor(asker, has_mail),
    can_create: may('person.create'),
    can_import: may('person.import'),
    can_export: may('person.export'),
    can_delete: may('person.delete'),
    export_href: filterHref('/people/export.csv', state),
    next_href: next && listHref(state, { after: next }),
  }
}

export type ListProps = ReturnType<typeof listPage>

function describeRow(row: PersonRow, folded: string, listed: Listed, now: string): ListedPerson {
  const { tenant_names, roles, tagsOf } = listed
  return {
    ...row,
    tenant_name: tenant_names.get(row.tenant_id)?.name ?? '',
    role_name: roles.find(({ id }) => id === row.role_id)?.name ?? '',
    state: stateLooks[stateOf(row, now)],
    tags: tagsOf(row.id),
    marked_name: markMatch(row.name, folded),
    marked_email: markMatch(row.email, folded),
  }
}

/** A later page does not know how many came before it. */
function matchesOf({ after }: ListState, shown: number, total: number | null, next: string | null) {
  if (total !== null) return total > 0 ? `${formatCount(total)} match` : null
  return next && !after ? `More than ${formatCount(shown)} match` : null
}
