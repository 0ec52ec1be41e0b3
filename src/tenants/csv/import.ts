import type { Db } from '../../db/connection.ts'
import type { Author } from '../../db/operation.ts'
import { type ImportSummary, importAtOnce, summarise } from '../../jobs/import.ts'
import { type Pace, paced } from '../../pace.ts'
import { applyPlan } from './apply.ts'
import { type Plan, planImport } from './plan.ts'
import { readRows } from '../../web/csv/read.ts'
import { columns, readRow } from './row.ts'
import { openCsv } from '../../web/csv/text.ts'

export type ImportOptions = {
  /** Says what would be done, and does not do it. */
  dry_run?: boolean
  progress?: (done: number, total: number) => void
  signal?: AbortSignal
}

/**
 * Imports tenants from a CSV file as one operation: all of it, or, when a line is bad, nothing.
 * Throws Invalid about the field `file` when it is no CSV file with a header that we know.
 */
export async function importTenants(
  db: Db,
  author: Author,
  csv: Buffer | string,
  { dry_run = false, progress, signal }: ImportOptions = {},
): Promise<ImportSummary> {
  const pace = paced(progress, signal)
  return summarise(
    dry_run ? await previewImport(db, csv, pace) : await runImport(db, author, csv, pace),
  )
}

/** What the file would do to the tree as it is now. */
export async function previewImport(db: Db, csv: Buffer | string, pace: Pace): Promise<Plan> {
  return planImport(db, await readRows(openCsv(csv, columns), readRow, pace), pace)
}

/** Applies the file unless it has bad lines. */
export async function runImport(db: Db, author: Author, csv: Buffer | string, pace: Pace) {
  const read = await readRows(openCsv(csv, columns), readRow, pace)
  return importAtOnce(
    db,
    author,
    'tenant.import',
    (tx) => planImport(tx, read, pace),
    (tx, plan) => applyPlan(tx, plan, pace),
  )
}
