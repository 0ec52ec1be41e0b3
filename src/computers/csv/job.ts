import type { Author } from '../../db/operation.ts'
import { currentActor } from '../../access/current-actor.ts'
import type { Asker } from '../../access/visible.ts'
import type { Db } from '../../db/connection.ts'
import { importAtOnce, importJob } from '../../jobs/import.ts'
import type { Pace } from '../../pace.ts'
import { readRows } from '../../web/csv/read.ts'
import { openCsv } from '../../web/csv/text.ts'
import { kindLooks } from '../kinds.ts'
import { applyPlan } from './apply.ts'
import { type Plan, planImport } from './plan.ts'
import { columns, readRow } from './row.ts'

type Item<Of extends 'created' | 'changed' | 'unchanged'> = Plan[Of][number]

/** The import of computers from a CSV file. */
export const computerImport = importJob<Item<'created'>, Item<'changed'>, Item<'unchanged'>>({
  name: 'computer.import',
  section: 'computers',
  permission: 'computer.import',
  words: {
    noun: 'computer',
    nouns: 'computers',
    again_href: '/computers/import',
    heads: ['Tenant', 'Kind'],
  },
  async preview(db, actor, csv, pace) {
    return planImport(db, actor, await readRows(openCsv(csv, columns), readRow, pace), pace)
  },
  run: runImport,
  describe: {
    created: ({ row }) => ({
      line: row.line,
      name: row.facts.name,
      code: row.facts.serial_number ?? '',
      cells: [row.tenant ?? '', kindLooks[row.facts.kind ?? 'workstation'].label],
    }),
    changed: ({ row, existing, differences }) => ({
      line: row.line,
      name: existing!.name,
      code: existing!.serial_number,
      differences,
    }),
    unchanged: ({ row, existing }) => ({
      line: row.line,
      name: existing!.name,
      code: existing!.serial_number,
    }),
  },
})

/** Applies the file unless it has bad lines, with the rights of who imports at that moment. */
async function runImport(db: Db, who: Author & Asker, csv: string, pace: Pace) {
  const read = await readRows(openCsv(csv, columns), readRow, pace)
  return importAtOnce(
    db,
    who,
    'computer.import',
    async (tx) => planImport(tx, await currentActor(tx, db.now(), who), read, pace),
    (tx, plan) => applyPlan(tx, plan, pace),
  )
}
