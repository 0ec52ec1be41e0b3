import type { Tx } from '../../db/operation.ts'
import { rowTable } from '../../db/row-table.ts'
import { type Scope, type VisibleTenant, inScope } from '../../db/scope.ts'
import { sortKey } from '../../tenants/names.ts'
import { platformOf } from '../kinds.ts'
import type { PlannedAgent, PlannedComputer, SyncPlan } from './plan.ts'

/** Where the rows of a sync are written. */
export type Place = {
  integration: string
  scope: Scope
  admit(tenant_id: number): VisibleTenant<'computer.edit'>
}

/** Writes what a plan says, in statements for many rows each. */
export async function writePlan(tx: Tx, place: Place, { computers, agents }: SyncPlan) {
  const [known, created] = parted(computers, ({ before }) => before !== null)
  await insertComputers(tx, place, created)
  await updateComputers(tx, place, known)
  const [reported, first] = parted(agents, ({ before }) => before !== null)
  await insertAgents(tx, place, first)
  const [moved, stayed] = parted(reported, isAttachedAnew)
  await updateAgents(tx, place, stayed, REPORTED)
  await updateAgents(tx, place, moved, [...REPORTED, 'computer_id', 'doubt'])
}

function parted<Item>(all: Item[], is: (item: Item) => boolean): [Item[], Item[]] {
  const parts: [Item[], Item[]] = [[], []]
  for (const item of all) parts[is(item) ? 0 : 1].push(item)
  return parts
}

/** What a sync writes of a computer, whether it creates it or changes it. */
const CHANGED = [
  'name',
  'sort_key',
  'serial_number',
  'manufacturer',
  'model',
  'hardware_uuid',
  'uuid_key',
  'serial_key',
  'operating_system',
  'time_zone',
  'platform',
  'kind',
  'first_seen_at',
  'last_seen_at',
] as const

const CREATED = ['tenant_id', ...CHANGED, 'state', 'source'] as const

/** Creates computers, which get their ids in the order in which they are listed. */
async function insertComputers(tx: Tx, { admit }: Place, computers: PlannedComputer[]) {
  if (computers.length === 0) return
  const rows = computers.map((computer) => ({
    ...columnsOf(computer),
    tenant_id: admit(computer.tenant_id),
  }))
  const created = await tx
    .insertInto('computer')
    .columns(CREATED)
    .expression((eb) => eb.selectFrom(rowTable(rows, CREATED)).select(CREATED))
    .returning('id')
    .execute()
  const ids = created.map(({ id }) => id).sort((one, other) => one - other)
  for (const [index, computer] of computers.entries()) computer.id = ids[index]!
}

/**
 * One statement for those of which the same columns change: an index, or the text that is searched,
 * is only written anew where a column is set that it holds.
 */
async function updateComputers(tx: Tx, { scope }: Place, computers: PlannedComputer[]) {
  const rows = computers.map((computer) => ({ ...columnsOf(computer), before: computer.before! }))
  const groups = Map.groupBy(rows, (row) =>
    CHANGED.filter((column) => row[column] !== row.before[column]).join(),
  )
  for (const some of groups.values()) {
    const [first] = some
    const changed = CHANGED.filter((column) => first![column] !== first!.before[column])
    await tx
      .updateTable('computer')
      .from(rowTable(some, ['id', ...changed]))
      .set((eb) => ({
        ...Object.fromEntries(changed.map((column) => [column, eb.ref(`given.${column}`)])),
        version: eb('computer.version', '+', 1),
      }))
      .whereRef('computer.id', '=', 'given.id')
      .where(inScope(scope, 'computer.tenant_id'))
      .execute()
  }
}

/** What follows from a name or a system is only worked out where that is another one. */
function columnsOf({ before, changed: _, ...facts }: PlannedComputer) {
  const { name, operating_system } = facts
  const sort_key = before?.name === name ? before.sort_key : sortKey(name)
  const platform =
    before?.operating_system === operating_system ? before.platform : platformOf(operating_system)
  return { ...facts, sort_key, platform }
}

const REPORTED = ['name', 'reported', 'last_seen_at'] as const

const isAttachedAnew = ({ before, computer, doubt }: PlannedAgent) =>
  before!.computer_id !== (computer?.id ?? null) || before!.doubt !== doubt

async function insertAgents(tx: Tx, { admit, integration }: Place, agents: PlannedAgent[]) {
  if (agents.length === 0) return
  const rows = agents.map((agent) => ({
    ...agentColumns(agent),
    tenant_id: admit(agent.tenant_id),
    integration,
    external_key: agent.report.external_key,
  }))
  const columns = [
    ...REPORTED,
    'computer_id',
    'doubt',
    'tenant_id',
    'integration',
    'external_key',
  ] as const
  await tx
    .insertInto('agent')
    .columns(columns)
    .expression((eb) => eb.selectFrom(rowTable(rows, columns)).select(columns))
    .execute()
}

async function updateAgents(
  tx: Tx,
  { scope }: Place,
  agents: PlannedAgent[],
  columns: readonly ((typeof REPORTED)[number] | 'computer_id' | 'doubt')[],
) {
  if (agents.length === 0) return
  const rows = agents.map((agent) => ({ ...agentColumns(agent), id: agent.before!.id }))
  await tx
    .updateTable('agent')
    .from(rowTable(rows, ['id', ...columns]))
    .set((eb) => Object.fromEntries(columns.map((column) => [column, eb.ref(`given.${column}`)])))
    .whereRef('agent.id', '=', 'given.id')
    .where(inScope(scope, 'agent.tenant_id'))
    .execute()
}

function agentColumns({ before, computer, doubt, report }: PlannedAgent) {
  const seen_before = before?.last_seen_at ?? ''
  return {
    computer_id: computer?.id ?? null,
    name: report.facts.name,
    reported: report.reported,
    doubt,
    last_seen_at: seen_before < report.last_seen_at ? report.last_seen_at : seen_before,
  }
}
