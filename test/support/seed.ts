import { createHash } from 'node:crypto'
import {
  copyFileSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { ADMINISTRATOR_ID } from '../../src/access/accounts.ts'
import type { Actor } from '../../src/access/actor.ts'
import { WHOLE_ACCESS } from '../../src/access/decide.ts'
import { openSession } from '../../src/access/sessions.ts'
import { createToken } from '../../src/access/tokens.ts'
import { openDatabase } from '../../src/db/connection.ts'
import { migrate } from '../../src/db/migrate.ts'
import { operation, system } from '../../src/db/operation.ts'
import type { VisibleTenant } from '../../src/db/scope.ts'
import { createTenant } from '../../src/tenants/commands.ts'
import type { TenantKind } from '../../src/tenants/kinds.ts'
import { ROOT_ID } from '../../src/tenants/queries.ts'
import { anyTenant } from './any-tenant.ts'
import { canary } from './canaries.ts'
import { personRow } from './person.ts'

/** The moment at which every world begins. */
export const START = '2026-11-24T09:00:00.000Z'

/** The tenants that every world has. Acme is a client with branches; Rival is another client. */
export const NORTHWIND = anyTenant(2)
export const ACME = anyTenant(3)
export const ACME_LEEDS = anyTenant(4)
export const ACME_LEGAL = anyTenant(5)
export const RIVAL = anyTenant(6)

export const ALICE_PASSWORD = 'correct horse battery staple'
/** argon2id of ALICE_PASSWORD, so that a world need not compute it. */
const ALICE_HASH =
  '$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$vK9v0OWqoxsnIkDDgGdlMxPp94AvwibM+EFs97z55kQ'

type Proofs = { person_id: number; token: string; session: string }

const project = join(import.meta.dirname, '../..')
const cache = join(project, 'node_modules/.cache/tenantry-tests')
/** All that a seed could depend on. */
const SOURCES = ['migrations/*.ts', 'src/**/*.ts', 'test/support/*.ts']
/** No process takes that long to fetch the seed that it found. */
const OLD_MS = 3_600_000

/**
 * Puts a migrated database with the tenants above and Alice into a folder. Making it takes longer
 * than most test files, so it is kept, as long as no line of the program changes.
 */
export async function plantSeed(folder: string) {
  const kept = join(cache, `seed-${digestOfSources()}`)
  const database = join(folder, 'seed.db')
  const proofs = fetch(kept, database) ?? (await makeAndKeep(kept, database))
  const actor: Actor = {
    person_id: proofs.person_id,
    name: 'Alice Moore',
    email: 'alice@northwind.example',
    tenant_id: NORTHWIND,
    tenant_name: 'Northwind MSP',
    access: WHOLE_ACCESS,
    needs_second_factor: true,
  }
  return { database, alice: { actor, token: proofs.token, session: proofs.session } }
}

function digestOfSources() {
  const digest = createHash('sha256')
  for (const file of globSync(SOURCES, { cwd: project }).toSorted())
    digest.update(file).update(readFileSync(join(project, file)))
  return digest.digest('hex').slice(0, 16)
}

function fetch(kept: string, database: string): Proofs | undefined {
  try {
    copySeed(join(kept, 'seed.db'), database)
    return JSON.parse(readFileSync(join(kept, 'proofs.json'), 'utf8')) as Proofs
  } catch {
    return undefined
  }
}

function copySeed(from: string, to: string) {
  for (const ending of ['', '.audit-head']) copyFileSync(from + ending, to + ending)
}

/** Another process may do the same at the same time: whoever is last has made it for nothing. */
async function makeAndKeep(kept: string, database: string) {
  const proofs = await makeSeed(database)
  try {
    mkdirSync(cache, { recursive: true })
    for (const name of globSync('{seed,draft}-*', { cwd: cache }))
      if (statSync(join(cache, name)).mtimeMs < Date.now() - OLD_MS)
        rmSync(join(cache, name), { recursive: true })
    const draft = mkdtempSync(join(cache, 'draft-'))
    copySeed(database, join(draft, 'seed.db'))
    writeFileSync(join(draft, 'proofs.json'), JSON.stringify(proofs))
    renameSync(draft, kept)
  } catch {
    // It is not kept: there, or not writable.
  }
  return proofs
}

async function makeSeed(path: string): Promise<Proofs> {
  await migrate(path)
  const db = openDatabase(path, () => START)
  const author = { person_id: null, name: 'Set-up' }
  const alice = await operation(db, author, 'test.world', async (tx) => {
    const add = (
      parent_id: VisibleTenant<never>,
      name: string,
      kind: TenantKind,
      slug: string,
      description = '',
    ) => createTenant(tx, parent_id, { name, kind, slug, description })
    const root = anyTenant(ROOT_ID)
    await add(root, 'Northwind MSP', 'msp', 'northwind', canary(NORTHWIND))
    await add(root, 'Acme', 'client', 'acme', canary(ACME))
    await add(ACME, 'Leeds office', 'branch_office', 'acme-leeds')
    await add(ACME_LEEDS, 'Legal', 'department', 'acme-leeds-legal', canary(ACME_LEGAL))
    await add(root, 'Rival', 'client', 'rival', canary(RIVAL))
    const { id } = await tx
      .insertInto('person')
      .values({
        ...personRow(NORTHWIND, 'Alice Moore', 'alice@northwind.example'),
        role_id: ADMINISTRATOR_ID,
      })
      .returning('id')
      .executeTakeFirstOrThrow()
    await tx
      .insertInto('user_account')
      .values({
        person_id: id,
        email_key: 'alice@northwind.example',
        password_hash: ALICE_HASH,
        password_changed_at: START,
      })
      .execute()
    const token = await createToken(tx, { person_id: id, tenant_id: NORTHWIND }, 'tests')
    return { person_id: id, token }
  })
  const session = await system(db, (tx) => openSession(tx, START, alice.person_id, 'tests'))
  await db.close()
  return { ...alice, session }
}
