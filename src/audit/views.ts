import type { TenantHead } from '../tenants/head.ts'
import { view } from '../web/page.ts'
import type { DescribedChange } from './describe.ts'
import type { HistoryEntry } from './history.ts'
import type { ListedOperation } from './queries.ts'

export const views = {
  history: view<{
    head: TenantHead
    entries: HistoryEntry[]
    /** Addresses of the older and of the newest operations, where there are any to go to. */
    older: string | null
    newest: string | null
  }>('audit/history'),
  operation: view<{
    operation: ListedOperation
    changes: DescribedChange[]
    /** Addresses of the next and of the first rows, where there are any to go to. */
    next: string | null
    first: string | null
  }>('audit/operation'),
}
