import type { Form } from '../../web/form.ts'
import { view } from '../../web/page.ts'
import type { ImportSummary } from './import.ts'
import type { Difference } from './plan.ts'
import type { BadLine } from './row.ts'

/** Lines of one class: all of them in number, the first of them to look at. */
type Lines<Line> = { count: number; lines: Line[] }

export type ImportPreview = {
  created: Lines<{ line: number; name: string; slug: string; parent: string; kind: string }>
  changed: Lines<{ line: number; name: string; slug: string; differences: Difference[] }>
  unchanged: Lines<{ line: number; name: string; slug: string }>
  /** With the line as it stands in the file. */
  bad: Lines<BadLine & { text: string }>
}

export const views = {
  import: view<{ form: Form }>('tenants/import'),
  preview: view<ImportPreview>('tenants/_import-preview'),
  outcome: view<ImportSummary>('tenants/_import-outcome'),
}
