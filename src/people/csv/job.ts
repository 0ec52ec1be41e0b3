import type { Actor } from '../../access/actor.ts'
import type { Db } from '../../db/connection.ts'
import type { Tx } from '../../db/operation.ts'
import { importAtOnce, importJob } from '../../jobs/import.ts'
import type { Pace } from '../../pace.ts'
import { readRows } from '../../web/csv/read.ts'
import { openCsv } from '../../web/csv/text.ts'
import { applyChanges, createPerson, updatePerson } from '../commands.ts'
import { type ChangedLine, type NewLine, type Plan, planImport, type SameLine } from './plan.ts'
import { columns, readRow } from './row.ts'

const read = (csv: string, pace: Pace) => readRows(openCsv(csv, columns), readRow, pace)

/** The import of people from a CSV file. */
export const peopleImport = importJob<NewLine, ChangedLine, SameLine>({
  name: 'person.import',
  section: 'people',
  permission: 'person.import',
  needs_proof: true,
  words: {
    noun: 'person',
    nouns: 'people',
    again_href: '/people/import',
    heads: ['Tenant', 'Role'],
  },
  preview: async (db, actor, csv, pace) =>
    planImport(db, actor, await read(csv, pace), db.now(), pace),
  run: runImport,
  describe: {
    created: ({ row, tenant, role }) => ({
      line: row.line,
      name: row.name,
      code: row.email,
      cells: [tenant.name, role?.name ?? ''],
    }),
    changed: ({ row, plan, differences }) => ({
      line: row.line,
      name: plan.person.name,
      code: row.email,
      differences,
    }),
    unchanged: ({ row, name }) => ({ line: row.line, name, code: row.email }),
  },
})

async function runImport(db: Db, actor: Actor, csv: string, pace: Pace) {
  const rows = await read(csv, pace)
  return importAtOnce(
    db,
    actor,
    'person.import',
    (tx) => planImport(tx, actor, rows, tx.operation.at, pace),
    (tx, plan) => applyPlan(tx, actor, plan, pace),
  )
}

async function applyPlan(tx: Tx, actor: Actor, { created, changed }: Plan, pace: Pace) {
  const total = created.length + changed.length
  let written = 0
  for (const { row, tenant, role } of created) {
    const { name, email, active } = row
    const input = { name, email, role_id: role?.id ?? null, source: 'imported' } as const
    const id = await createPerson(tx, actor, tenant.id, input)
    if (active === false) await updatePerson(tx, actor, id, { active })
    await pace(++written, total)
  }
  for (const { plan } of changed) {
    await applyChanges(tx, plan)
    await pace(++written, total)
  }
}
