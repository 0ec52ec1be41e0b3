import type { Tx } from '../../db/operation.ts'
import { ofTenant } from '../../db/scope.ts'
import { type Pace, chunks } from '../../pace.ts'
import { columnsOf } from '../commands.ts'
import type { ComputerFacts } from '../form.ts'
import { setTags } from '../tagging.ts'
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
  time_zone: '',
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
    const added = await tx.insertInto('computer').values(rows).returning('id').execute()
    // Ids rise in the order in which the rows were given.
    const ids = added.map(({ id }) => id).sort((one, other) => one - other)
    for (const [index, { tags, tenant }] of some.entries())
      if (tags) await setTags(tx, tenant, ids[index]!, tags.carried, tags.wanted)
    await pace((done += rows.length), total)
  }
  for (const { row, tenant, person_id, existing, tags } of changed) {
    const { name, kind, serial_number, manufacturer, model, hardware_uuid } = existing!
    const { operating_system, time_zone } = existing!
    const hardware = { kind, serial_number, manufacturer, model, hardware_uuid }
    const now = { name, ...hardware, operating_system, time_zone }
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
    if (tags) await setTags(tx, tenant, existing!.id, tags.carried, tags.wanted)
    await pace(++done, total)
  }
}
