import type { Form } from '../web/form.ts'
import { type Rendering, view } from '../web/page.ts'
import type { Conflict, Count, Fate } from './part.ts'
import type { MergeRecord } from '../tenants/merges.ts'
import type { Merged } from './run.ts'

type Source = { id: number; name: string; slug: string }

export const views = {
  choice: view<{ form: Form; sources: Source[]; conflicts: Conflict[]; foregone: Conflict[] }>(
    'merging/_choice',
  ),
  preview: view<{
    counts: Count[]
    refusals: string[]
    sources: Source[]
    destination: string
    fate: Fate
    consequences: Rendering[]
  }>('merging/_preview'),
  outcome: view<Merged>('merging/_outcome'),
  record: view<{ merge: MergeRecord }>('merging/record'),
}
