import type { TenantHead } from '../tenants/head.ts'
import type { Form } from '../web/form.ts'
import { view } from '../web/page.ts'
import type { DescribedChange } from './describe.ts'
import type { HistoryEntry } from './history.ts'
import type { ListedOperation } from './queries.ts'
import type { Total } from './totals.ts'
import type { UndoOutlook } from './undo.ts'

/** Operations as a list, and the addresses of the older and the newest, where there are any. */
type List = { entries: HistoryEntry[]; older: string | null; newest: string | null }

export const views = {
  history: view<
    List & {
      form: Form
      kinds: { value: string; label: string }[]
      /** Whose rows are shown, when it is about one person. */
      person: { id: number; name: string } | null
      is_filtered: boolean
      csv_href: string
      json_href: string
    }
  >('audit/history'),
  authors: view<{ names: string[] }>('audit/_authors'),
  tenant: view<List & { head: TenantHead; branch_href: string; compare_href: string | null }>(
    'audit/tenant',
  ),
  operation: view<{
    operation: ListedOperation
    changes: DescribedChange[]
    totals: Total[]
    /** The operation that took this one back. */
    undone_by: ListedOperation | null
    may_undo: boolean
    /** Addresses of the next and of the first rows, where there are any to go to. */
    next: string | null
    first: string | null
  }>('audit/operation'),
  undo: view<{
    operation: ListedOperation
    form: Form
    outlook: UndoOutlook
    /** The operations that stand in the way, as far as they may be seen. */
    in_the_way: HistoryEntry[]
    /** What would come of each row. */
    changes: DescribedChange[]
    totals: Total[]
    next: string | null
    first: string | null
  }>('audit/undo'),
}
