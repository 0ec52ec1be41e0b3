import { createAdministrator } from '../../access/accounts.ts'
import type { Actor } from '../../access/actor.ts'
import { WHOLE_ACCESS } from '../../access/decide.ts'
import { newSecret } from '../../access/secrets.ts'
import { hashPassword } from '../../access/password.ts'
import { requireTenant } from '../../access/visible.ts'
import type { Db } from '../../db/connection.ts'
import { type Author, type Tx, operation } from '../../db/operation.ts'
import { everyTenant } from '../../db/scope-guard.ts'
import { Conflict } from '../../errors.ts'
import {
  blockInheritance,
  grantExemption,
  requireEditing,
  setPreference,
} from '../../preferences/commands.ts'
import { toDraft } from '../../preferences/entry.ts'
import { createTenant, updateTenant } from '../../tenants/commands.ts'
import { ROOT_ID } from '../../tenants/queries.ts'
import { type Decision, ROOT, type Until, decisions, provider, technicians } from './decisions.ts'
import { organisations } from './organisations.ts'
import { fillComputers } from './fill-computers.ts'
import { fillPeople } from './fill-people.ts'
import { readOutline } from './outline.ts'
import { watchComputers } from './watch-computers.ts'

/** When the provider began, and took its customers over: before the first decision. */
const BEGINNING_DAYS_AGO = 90

/** What writes it: at the command line, that is the program itself. */
const PROGRAM = { person_id: null, name: 'Set-up', access: WHOLE_ACCESS }

type Authors = Record<keyof typeof technicians, Author & { person_id: number }>

/** The id of a tenant by its path. */
type Places = ReadonlyMap<string, number>

/**
 * Writes the demonstration into an empty database, at the times at which it is said to have
 * happened: `clock` is moved to each. The first technician may sign in with the password. Throws
 * Conflict when the database holds a tenant already.
 */
export async function fillDatabase(db: Db, clock: { now: string }, password: string) {
  const present = Temporal.Instant.from(clock.now)
  const password_hash = await hashPassword(password)
  clock.now = daysBefore(present, BEGINNING_DAYS_AGO)
  const { authors, provider_id } = await operation(db, PROGRAM, 'setup.complete', async (tx) => {
    await requireEmpty(tx)
    return createProvider(tx, password_hash)
  })
  const customers = { kind: 'tenant.import', reason: 'Taken over from the spreadsheet' }
  const places = await operation(db, authors.priya, customers, (tx) =>
    createCustomers(tx, new Map([[provider.name, provider_id]])),
  )
  clock.now = inOfficeHours(daysBefore(present, BEGINNING_DAYS_AGO - 1), 0)
  const actor = actorOf(authors.priya, provider_id)
  await fillPeople(db, actor, places)
  const machines = await fillComputers(db, actor, places)
  for (const [index, decision] of decisions.entries()) {
    clock.now = inOfficeHours(daysBefore(present, decision.days_ago), index)
    const { by, reason } = decision
    await operation(db, authors[by], { kind: kindOf(decision), reason }, (tx) =>
      carryOut(tx, decision, places, present),
    )
  }
  clock.now = instant(present)
  await watchComputers(db, actor, machines, clock.now)
}

const actorOf = (author: Authors['priya'], tenant_id: number): Actor => ({
  ...author,
  tenant_id,
  tenant_name: provider.name,
  email: technicians.priya.email,
  access: WHOLE_ACCESS,
  needs_second_factor: true,
})

async function requireEmpty(tx: Tx) {
  const tenant = await everyTenant(tx)
    .selectFrom('tenant')
    .select('name')
    .where('id', '<>', ROOT_ID)
    .limit(1)
    .executeTakeFirst()
  if (tenant)
    throw new Conflict(`The demonstration needs an empty database; this one has ${tenant.name}.`)
}

async function createProvider(tx: Tx, password_hash: string) {
  const root = await requireTenant(tx, PROGRAM, 'tenant.create', ROOT_ID)
  const provider_id = await createTenant(tx, root, { ...provider, description: '' })
  // The others decide things too, but nobody knows their passwords.
  const unknown = await hashPassword(newSecret())
  const create = async ({ name, email }: { name: string; email: string }, hash: string) => ({
    name,
    person_id: await createAdministrator(tx, provider_id, { name, email, password_hash: hash }),
  })
  const authors: Authors = {
    priya: await create(technicians.priya, password_hash),
    tomasz: await create(technicians.tomasz, unknown),
    grace: await create(technicians.grace, unknown),
  }
  return { authors, provider_id }
}

async function createCustomers(tx: Tx, known: Places): Promise<Places> {
  const places = new Map(known).set('', ROOT_ID).set(ROOT, ROOT_ID)
  for (const { path, parent_path, name, kind, description } of readOutline(organisations)) {
    const parent_id = places.get(parent_path)!
    const parent = await requireTenant(tx, PROGRAM, 'tenant.create', parent_id)
    const id = await createTenant(tx, parent, { name, kind, description })
    places.set(path, id)
  }
  return places
}

async function carryOut(tx: Tx, decision: Decision, places: Places, present: Temporal.Instant) {
  const id = placeOf(places, decision.at)
  if ('set' in decision) {
    const { tenant, locking } = await requireEditing(tx, PROGRAM, id)
    return setPreference(tx, tenant, decision.key, toDraft(decision.set), { locking })
  }
  if ('block' in decision)
    return blockInheritance(tx, await requireTenant(tx, PROGRAM, 'preference.lock', id), true)
  if ('deactivate' in decision)
    return updateTenant(tx, await requireTenant(tx, PROGRAM, 'tenant.edit', id), { active: false })
  const exempt = await requireTenant(tx, PROGRAM, 'preference.exempt', id)
  await grantExemption(tx, PROGRAM, exempt, {
    key: decision.exempt,
    lock_tenant_id: placeOf(places, decision.from),
    reason: decision.reason,
    ticket: decision.ticket,
    expires_at: endOf(decision, present),
  })
}

function placeOf(places: Places, path: string) {
  const id = places.get(path)
  if (id === undefined) throw new Error(`the outline has no ${path}`)
  return id
}

function kindOf(decision: Decision) {
  if ('set' in decision) return 'preference.set'
  return 'exempt' in decision ? 'exemption.grant' : 'tenant.update'
}

function endOf({ until, days_ago }: Decision & { until: Until }, present: Temporal.Instant) {
  if (until === null) return null
  if (until !== 'friday') return daysBefore(present, days_ago - until.days)
  const today = present.toZonedDateTimeISO('UTC')
  const days = (5 - today.dayOfWeek + 7) % 7 || 7
  return instant(
    today.add({ days }).with({ hour: 17, minute: 0, second: 0 }).round('minute').toInstant(),
  )
}

/** Some time of that day between nine and five, later for what comes later. */
function inOfficeHours(day: string, index: number) {
  const nine = Temporal.PlainDate.from(day.slice(0, 10)).toZonedDateTime('UTC').add({ hours: 9 })
  return instant(nine.add({ minutes: (index * 37) % 480, seconds: (index * 13) % 60 }).toInstant())
}

const daysBefore = (present: Temporal.Instant, days: number) =>
  instant(present.subtract({ hours: 24 * days }))

const instant = (at: Temporal.Instant) => at.toString({ smallestUnit: 'millisecond' })
