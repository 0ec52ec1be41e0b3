import type { Form } from '../../web/form.ts'
import { view } from '../../web/page.ts'
import type { BatchLine } from './actions.ts'

/** What became of the tenants: how many, and the first of each outcome. */
export type BatchReport = {
  done: number
  unchanged: number
  refused: number
  /** Whether what is done to them is that they go. */
  deletes: boolean
  lines: BatchLine[]
}

export const views = {
  parentChoice: view<{ form: Form }>('tenants/_batch-parent'),
  kindChoice: view<{ form: Form; kinds: { value: string; label: string }[] }>(
    'tenants/_batch-kind',
  ),
  /** What would become of the tenants, or, when it is done, what became of them. */
  report: view<BatchReport & { is_done?: true }>('tenants/_batch-report'),
}
