import { currentActor } from '../../access/current-actor.ts'
import type { Asker } from '../../access/visible.ts'
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
  who: Author & Asker,
  csv: Buffer | string,
  { dry_run = false, progress, signal }: ImportOptions = {},
): Promise<ImportSummary> {
  const pace = paced(progress, signal)
  return summarise(
    dry_run ? await previewImport(db, who, csv, pace) : await runImport(db, who, csv, pace),
  )
}

/** What the file would do to the tree as it is now. */
export async function previewImport(
  db: Db,
  asker: Asker,
  csv: Buffer | string,
  pace: Pace,
): Promise<Plan> {
  return planImport(db, asker, await readRows(openCsv(csv, columns), readRow, pace), pace)
}

/** Applies the file unless it has bad lines, with the rights of who imports at that moment. */
export async function runImport(db: Db, who: Author & Asker, csv: Buffer | string, pace: Pace) {
  const read = await readRows(openCsv(csv, columns), readRow, pace)
  return importAtOnce(
    db,
    who,
    'tenant.import',
    async (tx) => planImport(tx, await currentActor(tx, db.now(), who), read, pace),
    (tx, plan) => applyPlan(tx, plan, pace),
  )
}
