import { join } from 'node:path'
import type { Actor } from '../../src/access/actor.ts'
import { type Access, permits } from '../../src/access/decide.ts'
import { type Permission, permissions } from '../../src/access/permissions.ts'
import { openSession } from '../../src/access/sessions.ts'
import { type Tx, operation, system } from '../../src/db/operation.ts'
import { everyTenant, everyTenantTx } from '../../src/db/scope-guard.ts'
import { requireTenant } from '../../src/access/visible.ts'
import { createTenant } from '../../src/tenants/commands.ts'
import { ROOT_ID } from '../../src/tenants/queries.ts'
import type { Bench } from '../bench.ts'
import { type Dataset, copyDataset, withDatabase } from '../databases.ts'
import { addPeople } from '../people.ts'
import { type Figure, figure, median } from '../figure.ts'
import { startGenerator } from '../rounds.ts'
import { startTenantry } from '../server.ts'

const CONNECTIONS = 20
/** One of so many tenants lies in the branch of the user whose rights end there. */
const SHARE = 20
const MANAGER_ID = 2
const DECISIONS = 100_000

/** What access costs: a user of one branch beside an administrator, and one decision. */
export async function* access({ scale, folder, dataset }: Bench): AsyncGenerator<Figure> {
  yield decide()
  const copy = copyDataset(await dataset(scale.medium), join(folder, 'access'))
  await addPeople(copy, scale.medium)
  const branch = await addBranch(copy, Math.floor(scale.medium / SHARE))
  const server = await startTenantry(copy)
  const generator = startGenerator()
  const measure = async (session: string, path: string) => {
    const headers = {
      accept: 'text/html',
      'accept-encoding': 'gzip, deflate, br, zstd',
      'sec-fetch-site': 'same-origin',
      cookie: `session=${session}`,
    }
    const load = { headers, path, connections: CONNECTIONS, seconds: scale.round_seconds }
    return generator.measure(server, load)
  }
  try {
    // The same number of rows: a branch for one, the top of the tree for the other.
    const pages = [
      ['Tenants page', `/tenants?branch=${branch.id}`, '/tenants'],
      ['People page', '/people', '/people'],
      ['Tenants that match', '/tenants?active=active', '/tenants?active=active'],
    ] as const
    for (const [name, own, whole] of pages) {
      const shares: number[] = []
      const rates: number[] = []
      for (let round = -scale.warm_up_rounds; round < scale.repeats; round++) {
        const administrator = await measure(copy.session, whole)
        const user = await measure(branch.session, own)
        if (round < 0) continue
        shares.push((100 * administrator.cpu_ms_per_request) / user.cpu_ms_per_request)
        rates.push((100 * user.requests_per_second) / administrator.requests_per_second)
      }
      const label = `${name} for a user of ${branch.size} of ${scale.medium}`
      const details = { requests_per_second_share: median(rates) }
      const unit = '% of an administrator’s rate'
      yield figure(label, median(shares), unit, { at_least: 60 }, details)
    }
  } finally {
    generator.stop()
    await server.stop()
  }
}

/** Puts clients below a tenant of its own until it has so many, and adds a user of that. */
async function addBranch(dataset: Dataset, size: number) {
  return withDatabase(dataset, async (db) => {
    const clients = await everyTenant(db)
      .selectFrom('tenant')
      .select(['id', 'descendant_count'])
      .where('parent_id', '=', ROOT_ID)
      .where('kind', '=', 'client')
      .orderBy('id')
      .execute()
    const { id, person_id } = await operation(db, dataset.actor, 'bench.branch', async (tx) => {
      const root = await requireTenant(tx, dataset.actor, 'tenant.create', ROOT_ID)
      const facts = { name: 'Region', kind: 'division', description: '' } as const
      const id = await createTenant(tx, root, facts)
      let held = 0
      for (const client of clients) {
        if (held >= size) break
        held += 1 + client.descendant_count
        await everyTenantTx(tx)
          .updateTable('tenant')
          .set({ parent_id: id })
          .where('id', '=', client.id)
          .execute()
      }
      return { id, person_id: await addUser(tx, dataset.actor, id) }
    })
    const session = await system(db, (tx) => openSession(tx, db.now(), person_id, 'bench'))
    return { id, session, size }
  })
}

async function addUser(tx: Tx, actor: Actor, tenant_id: number) {
  const email = 'regina@region.example'
  const { id } = await tx
    .insertInto('person')
    .values({
      tenant_id: await requireTenant(tx, actor, 'person.create', tenant_id),
      name: 'Regina Region',
      sort_key: 'regina region',
      email,
      email_key: email,
      role_id: MANAGER_ID,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  await tx
    .insertInto('user_account')
    .values({
      person_id: id,
      email_key: email,
      password_hash: '!',
      password_changed_at: tx.operation.at,
    })
    .execute()
  return id
}

/** One decision for somebody with forty lines, half of them denials, at a node of depth 6. */
function decide(): Figure {
  const line = (index: number) => ({
    path: `/1/${index}/`,
    permissions: new Set(permissions),
    expires_at: null,
  })
  const lines = Array.from({ length: 40 }, (_, index) => line(1000 + index))
  const held: Access = { allows: lines.slice(0, 20), denies: lines.slice(20), limit: null }
  const wanted: Permission = 'tenant.edit'
  let permitted = 0
  const began = performance.now()
  for (let index = 0; index < DECISIONS; index++)
    permitted += Number(permits(held, wanted, `/1/${1000 + (index % 50)}/2000/3000/4000/5000/`))
  const micros = (1000 * (performance.now() - began)) / DECISIONS
  if (permitted !== DECISIONS * 0.4) throw new Error(`${permitted} decisions were wrong`)
  return figure('Deciding one permission', micros, 'µs', { at_most: 50 })
}
