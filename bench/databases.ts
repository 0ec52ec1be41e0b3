import { constants, copyFileSync, existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Actor } from '../src/access/actor.ts'
import { WHOLE_ACCESS } from '../src/access/decide.ts'
import { openSession } from '../src/access/sessions.ts'
import { setUp } from '../src/access/setup.ts'
import { type Db, openDatabase } from '../src/db/connection.ts'
import { databasePath } from '../src/db/data-directory.ts'
import { migrate } from '../src/db/migrate.ts'
import { type Tx, operation, system } from '../src/db/operation.ts'
import { requireEditing, setPreference } from '../src/preferences/commands.ts'
import { getPreference } from '../src/preferences/catalogue.ts'
import { ROOT_ID } from '../src/tenants/queries.ts'
import { COMMON_KEY, entryFor, explained_keys, toEntryRow } from './entries.ts'
import { type Organisation, organisations, toTenantRow } from './organisations.ts'
import { everyTenant } from '../src/db/scope-guard.ts'

/** A data directory with so many tenants, and who is signed in there. */
export type Dataset = {
  directory: string
  size: number
  actor: Actor
  /** The secret of the actor's session. */
  session: string
  /** A tenant at depth 6, with thirty entries on its chain. */
  deep_id: number
}

/** Rows in one insert, and tenants in one operation. */
const AT_ONCE = 500
const IN_ONE_OPERATION = 20_000

/** One of so many tenants has entries of its own. */
const WITH_ENTRIES = 50

/** "All tenants" and the provider come before the first organisation. */
const OFFSET = 2

/** Makes databases, each once: a larger one is grown from a copy of the next smaller. */
export function makeDatasets(folder: string) {
  const made: Dataset[] = []
  return async (size: number): Promise<Dataset> => {
    const known = made.find((dataset) => dataset.size === size)
    if (known) return known
    const directory = join(folder, `${size}-tenants`)
    const base = made
      .filter((dataset) => dataset.size < size)
      .toSorted(bySize)
      .at(-1)
    const dataset = base ? copyDataset(base, directory) : await startDataset(directory)
    await withDatabase(dataset, (db) => grow(db, dataset, size))
    const grown = { ...dataset, size }
    made.push(grown)
    return grown
  }
}

const bySize = (one: Dataset, other: Dataset) => one.size - other.size

/** The same data in another directory, to be changed. */
export function copyDataset(dataset: Dataset, directory: string): Dataset {
  mkdirSync(directory)
  const [from, to] = [databasePath(dataset.directory), databasePath(directory)]
  for (const suffix of ['', '.audit-head'])
    if (existsSync(from + suffix))
      copyFileSync(from + suffix, to + suffix, constants.COPYFILE_FICLONE)
  return { ...dataset, directory }
}

/** Runs `use` on the data of a directory. */
export async function withDatabase<T>({ directory }: Dataset, use: (db: Db) => Promise<T>) {
  const db = openDatabase(databasePath(directory))
  try {
    return await use(db)
  } finally {
    await db.close()
  }
}

/** A database in which nothing is but the provider and the person who measures. */
export async function startDataset(directory: string): Promise<Dataset> {
  mkdirSync(directory)
  await migrate(databasePath(directory))
  const db = openDatabase(databasePath(directory))
  const organisation = 'Northwind MSP'
  const name = 'Alice Moore'
  const email = 'alice@northwind.example'
  const password = 'correct horse battery staple'
  const person_id = await setUp(db, { organisation, name, email, password })
  const session = await system(db, (tx) => openSession(tx, db.now(), person_id, 'bench'))
  await db.close()
  const actor = {
    person_id,
    name,
    email,
    tenant_id: OFFSET,
    tenant_name: organisation,
    access: WHOLE_ACCESS,
    needs_second_factor: true,
  }
  return { directory, size: 0, actor, session, deep_id: deepId() }
}

function deepId() {
  for (const { number, depth } of organisations()) if (depth === 6) return OFFSET + number
  throw new Error('there is no end to the organisations')
}

/** Adds the organisations that are missing to `size`, some thousands to each operation. */
async function grow(db: Db, { actor, size: before, deep_id }: Dataset, size: number) {
  const batch: Organisation[] = []
  const write = async () => {
    await operation(db, actor, 'tenant.import', (tx) => insertOrganisations(tx, batch))
    batch.length = 0
  }
  for (const organisation of organisations()) {
    if (organisation.number > size) break
    if (organisation.number <= before) continue
    batch.push(organisation)
    if (batch.length === IN_ONE_OPERATION) await write()
  }
  if (batch.length > 0) await write()
  if (before === 0) await explainChain(db, actor, deep_id)
}

async function insertOrganisations(tx: Tx, batch: Organisation[]) {
  for (let start = 0; start < batch.length; start += AT_ONCE) {
    const some = batch.slice(start, start + AT_ONCE)
    await tx
      .insertInto('tenant')
      .values(some.map((organisation) => toTenantRow(organisation, OFFSET, ROOT_ID)))
      .execute()
    const owners = some.filter(({ number }) => number % WITH_ENTRIES === 0)
    await insertEntries(
      tx,
      owners.map(({ number }) => OFFSET + number),
      COMMON_KEY,
    )
  }
}

/** Gives each of the tenants an entry for the preference. */
export async function insertEntries(tx: Tx, tenant_ids: number[], key: string) {
  for (let start = 0; start < tenant_ids.length; start += AT_ONCE) {
    const some = tenant_ids.slice(start, start + AT_ONCE)
    const rows = some.map((tenant_id) => toEntryRow(tenant_id, key, tx.operation.id))
    await tx.insertInto('preference_entry').values(rows).execute()
  }
}

/** Spreads thirty entries over the nodes from "All tenants" down to the tenant. */
async function explainChain(db: Db, actor: Actor, tenant_id: number) {
  const nodes: number[] = []
  for (let id: number | null = tenant_id; id !== null; id = await parentOf(db, id)) nodes.push(id)
  await operation(db, actor, 'preference.set', async (tx) => {
    for (const [index, key] of explained_keys.entries()) {
      const node = nodes[index % nodes.length]!
      const { tenant } = await requireEditing(tx, actor, node)
      await setPreference(tx, tenant, key, entryFor(getPreference(key), node))
    }
  })
}

async function parentOf(db: Db, id: number) {
  const { parent_id } = await everyTenant(db)
    .selectFrom('tenant')
    .select('parent_id')
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
  return parent_id
}
