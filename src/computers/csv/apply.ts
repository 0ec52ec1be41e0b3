import type { Tx } from '../../db/operation.ts'
import { ofTenant } from '../../db/scope.ts'
import { type Pace, chunks } from '../../pace.ts'
import { columnsOf } from '../commands.ts'
import type { ComputerFacts } from '../form.ts'
import type { Plan } from './plan.ts'

/** With triggers and indexes this many rows take some 10 ms. */
const ROWS_AT_ONCE = 200

const NOTHING_KNOWN: Omit<ComputerFacts, 'name'> = {
  kind: 'workstation',
  serial_number: '',
  manufacturer: '',
  model: '',
  hardware_uuid: '',
  operating_system: '',
}

/** Writes what a plan without bad lines says, which was made in the same operation. */
export async function applyPlan(tx: Tx, { created, changed }: Plan, pace: Pace) {
  const total = created.length + changed.length
  let done = 0
  for (const some of chunks(created, ROWS_AT_ONCE)) {
    const rows = some.map(({ row, tenant, person_id }) => ({
      tenant_id: tenant,
      primary_person_id: person_id ?? null,
      state: 'active' as const,
      source: 'imported' as const,
      ...columnsOf({ ...NOTHING_KNOWN, ...row.facts }),
    }))
    await tx.insertInto('computer').values(rows).execute()
    await pace((done += rows.length), total)
  }
  for (const { row, tenant, person_id, existing } of changed) {
    const { name, kind, serial_number, manufacturer, model, hardware_uuid, operating_system } =
      existing!
    const now = { name, kind, serial_number, manufacturer, model, hardware_uuid, operating_system }
    await tx
      .updateTable('computer')
      .set({
        ...columnsOf({ ...now, ...row.facts }),
        ...(person_id !== undefined && { primary_person_id: person_id }),
        version: existing!.version + 1,
      })
      .where('computer.id', '=', existing!.id)
      .where(ofTenant('computer.tenant_id', tenant))
      .execute()
    await pace(++done, total)
  }
}
