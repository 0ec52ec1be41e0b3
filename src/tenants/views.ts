import type { HistoryEntry } from '../audit/history.ts'
import type { Form } from '../web/form.ts'
import { type Rendering, view } from '../web/page.ts'
import type { SavedOver } from '../web/saved-over.ts'
import type { Alias } from './aliases.ts'
import type { TenantHead } from './head.ts'
import type { Holdings } from './holdings.ts'
import { kindLooks, type TenantKind } from './kinds.ts'
import type { ListProps, RowsProps } from './list-page.ts'
import type { listMerges } from './merges.ts'
import type { ListedChild, SetHere } from './overview.ts'
import type { TenantTagsPanel } from './tagging.ts'
import type { ParentOption } from './parent-options.ts'

type KindOption = { value: TenantKind; label: string }

const kindOptions = (kinds: readonly TenantKind[]): KindOption[] =>
  kinds.map((kind) => ({ value: kind, label: kindLooks[kind].label }))

type FormPage = { form: Form; kinds: KindOption[] }
const newTenant = view<FormPage>('tenants/new')
export type EditPage = {
  form: Form
  head: TenantHead
  /** The parent, where it is not for who looks to move the tenant. */
  fixed_parent: string | null
  may_block: boolean
  /** Why the tenant cannot be deleted, or null when it can; null as a whole for who may not. */
  deletion: { kept_because: string | null } | null
  /** What was merged into it, and the names that it took over. */
  former: { aliases: Alias[]; merges: Awaited<ReturnType<typeof listMerges>> } | null
  saved_over: SavedOver | null
  /** What would follow from the new parent, while that has not been seen. */
  move: { previewed: string; consequences: Rendering[] } | null
}
const edit = view<EditPage & FormPage>('tenants/edit')

export const views = {
  list: view<ListProps>('tenants/list'),
  rows: view<RowsProps>('tenants/_rows'),
  overview: view<{
    head: TenantHead
    children: ListedChild[]
    holdings: Holdings
    /** Null where preferences, or the history, are not for who looks. */
    set_here: SetHere[] | null
    recent: HistoryEntry[] | null
    tags: TenantTagsPanel
  }>('tenants/overview'),
  newTenant: (form: Form, kinds: readonly TenantKind[]) =>
    newTenant({ form, kinds: kindOptions(kinds) }),
  edit: ({ kinds, ...page }: EditPage & { kinds: readonly TenantKind[] }) =>
    edit({ ...page, kinds: kindOptions(kinds) }),
  parentOptions: view<{ options: ParentOption[] }>('tenants/_parent-options'),
}
