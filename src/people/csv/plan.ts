import type { Actor } from '../../access/actor.ts'
import { requireAuthorityOver } from '../../access/authority.ts'
import { emailKey } from '../../access/form.ts'
import { requireTenant } from '../../access/visible.ts'
import type { Reads } from '../../db/connection.ts'
import { Conflict, Forbidden, Invalid, NotFound } from '../../errors.ts'
import type { Difference, ImportPlan } from '../../jobs/import.ts'
import type { Pace } from '../../pace.ts'
import { findParent } from '../../tenants/find-parent.ts'
import { nameKey } from '../../tenants/names.ts'
import type { BadLine, ReadRows } from '../../web/csv/read.ts'
import { findByEmail, planChanges, type PlannedChanges, requireDestination } from '../changes.ts'
import { type ListedRole, listRoles } from '../queries.ts'
import type { Row } from './row.ts'

type Place = { id: number; name: string }

export type NewLine = { row: Row & { name: string }; tenant: Place; role: ListedRole | null }
export type ChangedLine = { row: Row; plan: PlannedChanges; differences: Difference[] }
export type SameLine = { row: Row; name: string }

export type Plan = ImportPlan<NewLine, ChangedLine, SameLine>

type Desk = {
  db: Reads
  actor: Actor
  now: string
  roles: ListedRole[]
  /** Tenants by the text that means them, or the reason why none is meant. */
  tenants: Map<string, Place | string>
  /** The lines of the people that the file was about so far. */
  seen: Map<string, number>
}

/**
 * Compares the rows of a file with the people as they are. A row is about the person with its address
 * at its tenant: nobody is moved by a file. The rules are those for one person.
 */
export async function planImport(
  db: Reads,
  actor: Actor,
  { rows, bad }: ReadRows<Row>,
  now: string,
  pace: Pace,
): Promise<Plan> {
  const plan: Plan = { created: [], changed: [], unchanged: [], bad: [...bad] }
  const bad_lines = new Set(bad.map(({ line }) => line))
  const roles = await listRoles(db)
  const desk: Desk = { db, actor, now, roles, tenants: new Map(), seen: new Map() }
  for (const [index, row] of rows.entries()) {
    await pace(index, rows.length)
    if (bad_lines.has(row.line)) continue
    const reason = await placeRow(desk, plan, row)
    if (reason) plan.bad.push({ line: row.line, reason })
  }
  plan.bad.sort((one: BadLine, other: BadLine) => one.line - other.line)
  return plan
}

/** Adds a row to the plan, or returns why it cannot be applied. */
async function placeRow(desk: Desk, plan: Plan, row: Row): Promise<string | undefined> {
  try {
    const tenant = await findTenant(desk, row.tenant)
    const key = `${tenant.id} ${emailKey(row.email)}`
    const twin = desk.seen.get(key)
    if (twin !== undefined) return `Line ${twin} has the same address at the same tenant.`
    desk.seen.set(key, row.line)
    const role = findRole(desk, row.role)
    const existing = await findByEmail(desk.db, tenant.id, row.email)
    if (existing) await planExisting(desk, plan, row, existing.id, role)
    else await planNew(desk, plan, row, tenant, role ?? null)
    return undefined
  } catch (error) {
    const isRefusal = [Conflict, Forbidden, Invalid, NotFound].some((kind) => error instanceof kind)
    if (!isRefusal) throw error
    return (error as Error).message
  }
}

async function findTenant({ db, actor, tenants }: Desk, text: string): Promise<Place> {
  let found = tenants.get(text)
  if (found === undefined) {
    found = await lookUp(db, actor, text)
    tenants.set(text, found)
  }
  if (typeof found === 'string') throw new Conflict(found)
  return found
}

async function lookUp(db: Reads, actor: Actor, text: string): Promise<Place | string> {
  try {
    const { id, name } =
      text === ''
        ? { id: actor.tenant_id, name: actor.tenant_name }
        : await findParent(db, actor, text)
    await requireTenant(db, actor, 'person.import', id)
    return { id, name }
  } catch (error) {
    if (error instanceof Invalid || error instanceof Forbidden || error instanceof NotFound)
      return error.message
    throw error
  }
}

function findRole({ roles }: Desk, name: string | undefined) {
  if (name === undefined) return undefined
  if (name === '') return null
  const role = roles.find((one) => nameKey(one.name) === nameKey(name))
  if (!role) throw new Conflict(`There is no role “${name.slice(0, 50)}”.`)
  return role
}

async function planNew(desk: Desk, plan: Plan, row: Row, tenant: Place, role: ListedRole | null) {
  const { db, actor, now } = desk
  if (row.name === undefined) throw new Conflict('A new person needs a name.')
  await requireDestination(db, actor, tenant.id)
  const holder = { id: null, tenant_id: tenant.id, role_id: role?.id ?? null }
  await requireAuthorityOver(db, actor, holder, now)
  plan.created.push({ row: { ...row, name: row.name }, tenant, role })
}

async function planExisting(
  { db, actor, now, roles }: Desk,
  plan: Plan,
  row: Row,
  id: number,
  role: ListedRole | null | undefined,
) {
  const wanted = {
    ...(row.name !== undefined && { name: row.name }),
    ...(role !== undefined && { role_id: role?.id ?? null }),
    ...(row.active !== undefined && { active: row.active }),
  }
  const changes = await planChanges(db, actor, id, wanted, now)
  if (!changes) {
    plan.unchanged.push({ row, name: row.name ?? row.email })
    return
  }
  const { person, columns } = changes
  const differences: Difference[] = []
  const differ = (field: string, from: string, to: string) => differences.push({ field, from, to })
  const nameOf = (role_id: number | null) => roles.find((one) => one.id === role_id)?.name ?? 'none'
  if (columns.name !== undefined) differ('Name', person.name, columns.name)
  if (columns.role_id !== undefined) differ('Role', nameOf(person.role_id), nameOf(columns.role_id))
  if (columns.active !== undefined)
    differ('Active', person.active ? 'yes' : 'no', columns.active ? 'yes' : 'no')
  plan.changed.push({ row, plan: changes, differences })
}
