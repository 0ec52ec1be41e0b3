import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyInstance, InjectOptions } from 'fastify'
import type { Test } from 'tap'
import { ADMINISTRATOR_ID } from '../../src/access/accounts.ts'
import type { Actor } from '../../src/access/actor.ts'
import { WHOLE_ACCESS } from '../../src/access/decide.ts'
import { createSealer } from '../../src/access/sealing.ts'
import { openSession } from '../../src/access/sessions.ts'
import { createToken } from '../../src/access/tokens.ts'
import { type AppOptions, buildApp } from '../../src/app.ts'
import { type Db, openDatabase } from '../../src/db/connection.ts'
import { migrate } from '../../src/db/migrate.ts'
import { operation, system } from '../../src/db/operation.ts'
import type { VisibleTenant } from '../../src/db/scope.ts'
import { noMailer } from '../../src/mail/mailer.ts'
import { createTenant } from '../../src/tenants/commands.ts'
import type { TenantKind } from '../../src/tenants/kinds.ts'
import { ROOT_ID } from '../../src/tenants/queries.ts'
import { personRow } from './person.ts'
import { anyTenant } from './any-tenant.ts'
import { canary, watchForLeaks, watchMails } from './canaries.ts'

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

/** How every application in the tests is built. */
export const appOptions = {
  log_level: 'silent',
  sealer: createSealer(() => Buffer.alloc(32, 'a key for tests')),
}

const folder = mkdtempSync(join(tmpdir(), 'tenantry-test-'))
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
const seed = seedDatabase(join(folder, 'seed.db'))
let worlds = 0

export type WorldOptions = { patience_ms?: number; app?: Partial<AppOptions> }

/**
 * A database of the test's own with the cast in it, the application on it, and its people signed
 * in. `clock.now` may be set; it stands still otherwise. `patience_ms` is that of `openDatabase`.
 */
export async function world(t: Test, options: WorldOptions = {}) {
  const { alice } = await seed
  const path = join(folder, `world-${++worlds}.db`)
  copyFileSync(join(folder, 'seed.db'), path)
  copyFileSync(join(folder, 'seed.db.audit-head'), `${path}.audit-head`)
  const clock = { now: START }
  const db = openDatabase(path, () => clock.now, options)
  const leaks: string[] = []
  const mailer = watchMails(options.app?.mailer ?? noMailer, leaks, () => clock.now, path)
  const app = await buildApp(db, { ...appOptions, ...options.app, mailer })
  await app.ready()
  watchForLeaks(app, leaks, () => clock.now, path)
  t.teardown(async () => {
    await app.close()
    await db.close()
    if (leaks.length > 0) throw new Error(leaks.join('\n'))
  })
  return {
    /** Answers and mails in which somebody was shown what belongs to a tenant that they may not see. */
    leaks,
    app,
    db,
    path,
    clock,
    actor: alice.actor,
    /** The secret of Alice's session, as her cookie holds it. */
    session: alice.session,
    alice: browser(app, alice.session),
    anonymous: browser(app),
    api: apiClient(app, alice.token),
  }
}

async function seedDatabase(path: string) {
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
    const actor: Actor = {
      person_id: id,
      name: 'Alice Moore',
      email: 'alice@northwind.example',
      tenant_id: NORTHWIND,
      tenant_name: 'Northwind MSP',
      access: WHOLE_ACCESS,
      needs_second_factor: true,
    }
    return { actor, token }
  })
  const session = await system(db, (tx) => openSession(tx, START, alice.actor.person_id, 'tests'))
  await db.close()
  return { alice: { ...alice, session } }
}

type Fields = Record<string, string | string[]>

/** Sends requests as a browser would: same site, with the cookie, forms url-encoded. */
export function browser(app: FastifyInstance, session?: string) {
  const headers = {
    'sec-fetch-site': 'same-origin',
    accept: 'text/html',
    ...(session && { cookie: `session=${session}` }),
  }
  return {
    headers,
    get: (url: string) => app.inject({ method: 'GET', url, headers }),
    post: (url: string, fields: Fields = {}) =>
      app.inject({
        method: 'POST',
        url,
        headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
        payload: encode(fields),
      }),
    send: (options: InjectOptions) =>
      app.inject({ ...options, headers: { ...headers, ...options.headers } }),
  }
}

function encode(fields: Fields) {
  const form = new URLSearchParams()
  for (const [name, value] of Object.entries(fields))
    for (const one of [value].flat()) form.append(name, one)
  return form.toString()
}

/** Sends requests as a program with an API token would. */
export function apiClient(app: FastifyInstance, token: string) {
  const call =
    (method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE') =>
    (path: string, payload?: object, headers: Record<string, string> = {}) =>
      app.inject({
        method,
        url: `/api/v1${path}`,
        headers: { authorization: `Bearer ${token}`, ...headers },
        ...(payload && { payload }),
      })
  return {
    token,
    get: call('GET'),
    post: call('POST'),
    put: call('PUT'),
    patch: call('PATCH'),
    delete: call('DELETE'),
  }
}

export type World = Awaited<ReturnType<typeof world>>
export type { Db }
