import { type Asker, requireTenant, visibleScope } from '../access/visible.ts'
import type { ComputerState, ComputerTable } from '../db/computer-schema.ts'
import type { Tx } from '../db/operation.ts'
import { type VisibleTenant, ofTenant } from '../db/scope.ts'
import { Conflict, Invalid } from '../errors.ts'
import type { Permission } from '../access/permissions.ts'
import { stripComputers } from '../tags/carriers.ts'
import { sortKey } from '../tenants/names.ts'
import { ROOT_ID } from '../tenants/queries.ts'
import type { ComputerFacts } from './form.ts'
import { identityOf } from './identity.ts'
import { platformOf } from './kinds.ts'
import { type Computer, getComputer } from './queries.ts'

type Source = ComputerTable['source']

/** Creates a computer at a tenant and returns its id. Whoever adds one by hand knows it: it is active. */
export async function createComputer(
  tx: Tx,
  tenant_id: VisibleTenant<'computer.create' | 'computer.import'>,
  input: ComputerFacts & { primary_person_id: number | null },
  source: Source,
) {
  if (Number(tenant_id) === ROOT_ID)
    throw new Invalid({ tenant_id: 'Computers belong to a tenant.' })
  const { primary_person_id, ...facts } = input
  const { id } = await tx
    .insertInto('computer')
    .values({ tenant_id, primary_person_id, state: 'active', source, ...columnsOf(facts) })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}

/** What follows from the facts of a computer, beside the facts themselves. */
export const columnsOf = (facts: ComputerFacts) => ({
  ...facts,
  ...identityOf(facts),
  sort_key: sortKey(facts.name),
  platform: platformOf(facts.operating_system),
})

/** What a computer may be changed into. What is absent stays as it is. */
export type ComputerChanges = Partial<
  ComputerFacts & { primary_person_id: number | null; state: 'active' | 'excluded' }
>

/** What of `wanted` differs from the computer as it is. */
export const changesOf = (computer: Computer, wanted: ComputerChanges): ComputerChanges =>
  Object.fromEntries(
    Object.entries(wanted).filter(
      ([name, value]) => value !== undefined && value !== computer[name as keyof ComputerChanges],
    ),
  )

/**
 * Changes a computer; what it is already is not written. `version` is the one that the editor saw:
 * when the computer has changed since, or is deleted, throws Conflict.
 */
export async function updateComputer(
  tx: Tx,
  asker: Asker,
  id: number,
  wanted: ComputerChanges,
  version: number | null = null,
) {
  const { computer, tenant } = await admit(tx, asker, 'computer.edit', id)
  if (version !== null && computer.version !== version)
    throw new Conflict(`${computer.name} was changed by somebody else since you opened it.`)
  if (computer.state === 'deleted')
    throw new Conflict(`${computer.name} is deleted. Restore it first.`)
  const changes = changesOf(computer, wanted)
  if (Object.keys(changes).length === 0) return
  const facts: ComputerFacts = { ...computer, ...changes }
  await write(tx, tenant, computer, { ...changes, ...derivedOf(facts) })
}

const derivedOf = (facts: ComputerFacts) => {
  const { uuid_key, serial_key, sort_key, platform } = columnsOf(facts)
  return { uuid_key, serial_key, sort_key, platform }
}

/** Deletes a computer: it stays in the list of those that are deleted, and can be restored. */
export async function deleteComputer(tx: Tx, asker: Asker, id: number) {
  await setState(tx, asker, 'computer.delete', id, 'deleted')
}

/** Brings a deleted computer back. */
export async function restoreComputer(tx: Tx, asker: Asker, id: number) {
  await setState(tx, asker, 'computer.delete', id, 'active')
}

async function setState(
  tx: Tx,
  asker: Asker,
  permission: Permission,
  id: number,
  state: ComputerState,
) {
  const { computer, tenant } = await admit(tx, asker, permission, id)
  if ((computer.state === 'deleted') === (state === 'deleted')) return
  await write(tx, tenant, computer, { state })
}

/** Removes a deleted computer for good, with its agents and tags. Throws Conflict for one that is not deleted. */
export async function purgeComputer(tx: Tx, asker: Asker, id: number) {
  const { computer, tenant } = await admit(tx, asker, 'computer.purge', id)
  if (computer.state !== 'deleted') throw new Conflict(`${computer.name} is not deleted.`)
  await tx
    .deleteFrom('agent')
    .where('agent.computer_id', '=', id)
    .where(ofTenant('agent.tenant_id', tenant))
    .execute()
  await stripComputers(tx, visibleScope(asker, 'computer.purge'), JSON.stringify([id]))
  await tx
    .deleteFrom('computer')
    .where('computer.id', '=', id)
    .where(ofTenant('computer.tenant_id', tenant))
    .execute()
}

/** What was typed must be what the computer is called. Throws Invalid. */
export function confirmName({ name }: Computer, typed: string) {
  if (typed.trim() !== name) throw new Invalid({ name: `Type ${name} to go on.` })
}

async function admit(tx: Tx, asker: Asker, permission: Permission, id: number) {
  const computer = await getComputer(tx, asker, id)
  const tenant = await requireTenant(tx, asker, permission, computer.tenant_id)
  return { computer, tenant }
}

type Columns = Partial<Omit<ReturnType<typeof columnsOf>, 'name'>> & ComputerChanges

async function write(
  tx: Tx,
  tenant: VisibleTenant,
  { id, version }: Computer,
  columns: Omit<Columns, 'state'> & { state?: ComputerState },
) {
  await tx
    .updateTable('computer')
    .set({ ...columns, version: version + 1 })
    .where('computer.id', '=', id)
    .where(ofTenant('computer.tenant_id', tenant))
    .execute()
}
