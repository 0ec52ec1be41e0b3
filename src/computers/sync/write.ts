import type { Tx } from '../../db/operation.ts'
import type { VisibleTenant } from '../../db/scope.ts'
import { sortKey } from '../../tenants/names.ts'
import { platformOf } from '../kinds.ts'
import type { PlannedAgent, PlannedComputer, SyncPlan } from './plan.ts'

type Admit = (tenant_id: number) => VisibleTenant<'computer.edit'>

/** Writes what a plan says, in three statements, however many rows there are. */
export async function writePlan(tx: Tx, integration: string, plan: SyncPlan, admit: Admit) {
  const { computers, agents } = plan
  await insertComputers(
    tx,
    computers.filter(({ is_new }) => is_new),
    admit,
  )
  await updateComputers(
    tx,
    computers.filter(({ is_new }) => !is_new),
    admit,
  )
  await tx
    .insertInto('agent')
    .values(agents.map((agent) => agentRow(integration, agent, admit)))
    .onConflict((conflict) =>
      conflict.columns(['integration', 'external_key']).doUpdateSet((eb) => ({
        computer_id: eb.ref('excluded.computer_id'),
        doubt: eb.ref('excluded.doubt'),
        name: eb.ref('excluded.name'),
        reported: eb.ref('excluded.reported'),
        last_seen_at: eb.ref('excluded.last_seen_at'),
      })),
    )
    .execute()
}

/** Creates computers, which get their ids in the order in which they are listed. */
async function insertComputers(tx: Tx, computers: PlannedComputer[], admit: Admit) {
  if (computers.length === 0) return
  const rows = computers.map((computer) => {
    const { id: _, ...row } = computerRow(computer, admit)
    return row
  })
  const created = await tx.insertInto('computer').values(rows).returning('id').execute()
  const ids = created.map(({ id }) => id).sort((one, other) => one - other)
  for (const [index, computer] of computers.entries()) computer.id = ids[index]!
}

/** As an insert that always meets its rows: it takes the values of many rows in one statement. */
async function updateComputers(tx: Tx, computers: PlannedComputer[], admit: Admit) {
  if (computers.length === 0) return
  await tx
    .insertInto('computer')
    .values(computers.map((computer) => computerRow(computer, admit)))
    .onConflict((conflict) =>
      conflict.column('id').doUpdateSet((eb) => ({
        name: eb.ref('excluded.name'),
        sort_key: eb.ref('excluded.sort_key'),
        serial_number: eb.ref('excluded.serial_number'),
        manufacturer: eb.ref('excluded.manufacturer'),
        model: eb.ref('excluded.model'),
        hardware_uuid: eb.ref('excluded.hardware_uuid'),
        uuid_key: eb.ref('excluded.uuid_key'),
        serial_key: eb.ref('excluded.serial_key'),
        operating_system: eb.ref('excluded.operating_system'),
        platform: eb.ref('excluded.platform'),
        kind: eb.ref('excluded.kind'),
        version: eb.ref('excluded.version'),
      })),
    )
    .execute()
}

function computerRow({ is_new, changed: _, ...computer }: PlannedComputer, admit: Admit) {
  return {
    ...computer,
    tenant_id: admit(computer.tenant_id),
    sort_key: sortKey(computer.name),
    platform: platformOf(computer.operating_system),
    version: computer.version + (is_new ? 0 : 1),
  }
}

const agentRow = (
  integration: string,
  { tenant_id, computer, doubt, report }: PlannedAgent,
  admit: Admit,
) => ({
  tenant_id: admit(tenant_id),
  computer_id: computer?.id ?? null,
  integration,
  external_key: report.external_key,
  name: report.facts.name,
  reported: report.reported,
  doubt,
  last_seen_at: report.last_seen_at,
})
