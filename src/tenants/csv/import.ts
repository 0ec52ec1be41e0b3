import type { Db } from '../../db/connection.ts'
import { type Author, operation } from '../../db/operation.ts'
import { type Pace, paced } from '../../pace.ts'
import { applyPlan } from './apply.ts'
import { type Plan, planImport } from './plan.ts'
import { readRows } from './read.ts'
import type { BadLine } from './row.ts'
import { openCsv } from './text.ts'

export type ImportOptions = {
  /** Says what would be done, and does not do it. */
  dry_run?: boolean
  progress?: (done: number, total: number) => void
  signal?: AbortSignal
}

/** What an import did, or would do. */
export type ImportSummary = { created: number; changed: number; unchanged: number; bad: BadLine[] }

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
  return planImport(db, await readRows(openCsv(csv), pace), pace)
}

/**
 * Applies the file unless it has bad lines. It is compared with the tree inside the operation:
 * what was seen in a preview may have changed since.
 */
export async function runImport(db: Db, author: Author, csv: Buffer | string, pace: Pace) {
  const read = await readRows(openCsv(csv), pace)
  const refused = Symbol('refused')
  let plan: Plan | undefined
  try {
    await operation(db, author, 'tenant.import', async (tx) => {
      plan = await planImport(tx, read, pace)
      if (plan.bad.length > 0 || plan.created.length + plan.changed.length === 0) throw refused
      await applyPlan(tx, plan, pace)
    })
  } catch (error) {
    if (error !== refused) throw error
  }
  return plan!
}

/** The figures of a plan, and its bad lines. */
export const summarise = ({ created, changed, unchanged, bad }: Plan): ImportSummary => ({
  created: created.length,
  changed: changed.length,
  unchanged: unchanged.length,
  bad,
})
