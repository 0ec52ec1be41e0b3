import type { HistoryEntry } from '../audit/history.ts'
import type { Form } from '../web/form.ts'
import { view } from '../web/page.ts'
import type { SavedOver } from './editing.ts'
import type { TenantHead } from './head.ts'
import { kindLooks, tenantKinds } from './kinds.ts'
import type { ListProps, RowsProps } from './list-page.ts'
import type { ListedChild, SetHere } from './overview.ts'
import type { ParentOption } from './parent-options.ts'

const kinds = tenantKinds.map((kind) => ({ value: kind, label: kindLooks[kind].label }))

type FormPage = { form: Form; kinds: typeof kinds }
const newTenant = view<FormPage>('tenants/new')
const edit = view<
  FormPage & { head: TenantHead; kept_because: string | null; saved_over: SavedOver | null }
>('tenants/edit')

export const views = {
  list: view<ListProps>('tenants/list'),
  rows: view<RowsProps>('tenants/_rows'),
  overview: view<{
    head: TenantHead
    children: ListedChild[]
    set_here: SetHere[]
    recent: HistoryEntry[]
  }>('tenants/overview'),
  newTenant: (form: Form) => newTenant({ form, kinds }),
  /** `kept_because` says why the tenant cannot be deleted; null when it can. */
  edit: (
    head: TenantHead,
    form: Form,
    kept_because: string | null,
    saved_over: SavedOver | null = null,
  ) => edit({ head, form, kept_because, saved_over, kinds }),
  parentOptions: view<{ options: ParentOption[] }>('tenants/_parent-options'),
}
