import type Database from 'better-sqlite3'
import type { FastifyInstance, InjectOptions } from 'fastify'
import t, { type Test } from 'tap'
import { openConnection } from '../../src/db/connection.ts'
import { tables } from '../../src/db/tables.ts'
import { matrix } from '../access/matrix.ts'
import { writes } from '../durability/writes.ts'
import { putRow } from '../support/any-row.ts'
import { canary } from '../support/canaries.ts'
import { addCast } from '../support/cast.ts'
import { recordLog } from '../support/log.ts'
import { collectRoutes, sampleAddress } from '../support/routes.ts'
import { withFile } from '../support/rows.ts'
import { ACME, RIVAL, type World, world } from '../support/world.ts'
import { type Sent, contradictions, readSent } from './contradictions.ts'

// What Acme's people do is done once more by Charlie, administrator of Rival, with his own session
// and token: as it was, and with ids that contradict one another.

const declared = collectRoutes()
const log = recordLog(t)

/** A world in which every table holds texts of Acme's that must not come out. */
async function stage(t: Test, prepare: (w: World) => Promise<unknown> = async () => undefined) {
  const w = await world(t, { app: { log_level: 'info' } })
  await prepare(w)
  const { charlie } = await addCast(w)
  withFile(w.path, (sqlite) => {
    sqlite.pragma('ignore_check_constraints = ON')
    sqlite.exec(`insert into operation (id, at, kind, actor_name) values (900, '2026', 'x', 'x');
      insert into open_operation (slot, operation_id) values (1, 900)`)
    for (const [table, { class: kind }] of Object.entries(tables))
      if (kind === 'tenant' && table !== 'tenant') putRow(sqlite, table, ACME, canary(ACME))
    sqlite.exec('delete from open_operation')
  })
  // Using the token for the first time writes down that it was used.
  await charlie.api.get('/preferences')
  const observer = openConnection(w.path, { readonly: true })
  t.teardown(() => observer.close())
  return { w, charlie, observer }
}

/** The machinery's own books and sums, and the bell that a request for access may ring. */
const MACHINERY = new Set([
  'operation',
  'change',
  'sign_in_failure',
  'notification',
  'computer_count',
  'schedule_to_plan',
])

/** Everything that is not Rival's or Charlie's, as it lies in the file. */
function othersRows(sqlite: Database.Database, person_id: number) {
  const inside = `select id from tenant where path like '/1/${RIVAL}/%'`
  const rival = new Set(sqlite.prepare(inside).pluck().all())
  return Object.entries(tables).flatMap(([table, { tenant_column, unlogged = [] }]) =>
    MACHINERY.has(table)
      ? []
      : (sqlite.prepare(`select * from "${table}"`).all() as Record<string, unknown>[])
          .filter((row) => !rival.has(row[tenant_column ?? 'tenant_id']))
          .filter((row) => row['person_id'] !== person_id)
          .map((row) =>
            Object.fromEntries(Object.entries(row).filter(([name]) => !unlogged.includes(name))),
          )
          .map((row) => `${table} ${JSON.stringify(row)}`),
  )
}

/** Notes what is sent while `send` is at work. */
async function record(app: FastifyInstance, send: () => Promise<unknown>) {
  const sent: { request: Sent; by: 'session' | 'token' }[] = []
  const inject = app.inject.bind(app)
  app.inject = ((options: InjectOptions) => {
    const by = 'authorization' in (options.headers ?? {}) ? 'token' : 'session'
    sent.push({ request: readSent(options), by })
    return inject(options)
  }) as typeof app.inject
  await send()
  app.inject = inject
  return sent
}

/** Sends all of it as Charlie; says how many requests that were. */
async function replay(
  t: Test,
  { w, charlie, observer }: Awaited<ReturnType<typeof stage>>,
  name: string,
  sent: { request: Sent; by: 'session' | 'token' }[],
) {
  const before = othersRows(observer, charlie.person_id)
  let cases = 0
  for (const { request, by } of sent)
    for (const { method, url, headers, payload } of contradictions(request)) {
      const proof =
        by === 'token'
          ? { authorization: `Bearer ${charlie.token}` }
          : { cookie: `session=${charlie.session}` }
      const answer = await w.app.inject({
        method: method as 'GET',
        url,
        headers: { ...headers, ...proof },
        ...(payload !== undefined && { payload }),
      })
      cases++
      if (answer.statusCode >= 500) t.fail(`${answer.statusCode} for ${method} ${url} ${payload}`)
    }
  t.same(othersRows(observer, charlie.person_id), before, `${name} changes nothing of anybody else`)
  t.same(w.leaks, [], `${name} shows nothing of anybody else`)
  return cases
}

/** Routes by which somebody acts on nothing but their own account. */
const isOwnAffair = (name: string) => / \/(account|sign-|verify|setup|invitations)/.test(name)

t.test('T5: no reading route shows another tenant, however it is asked', async (t) => {
  const here = await stage(t)
  let cases = 0
  for (const { name, method, url, credential, permission } of declared()) {
    if (method !== 'GET' || permission === 'public' || url.startsWith('/public/')) continue
    const address = matrix[name]?.address ?? sampleAddress(url)
    const request = { method, url: address, headers: { 'sec-fetch-site': 'same-origin' } }
    cases += await replay(t, here, name, [{ request, by: credential }])
  }
  t.ok(cases >= 500, `${cases} cases`)
})

let written = 0

for (const [name, { prepare, send }] of Object.entries(writes))
  if (!isOwnAffair(name))
    t.test(`T5: ${name} does nothing for another tenant`, async (t) => {
      const first = await world(t)
      const prepared = (await prepare?.(first, t)) ?? ''
      const sent = await record(first.app, () => send(first, prepared))
      written += await replay(t, await stage(t, async (w) => prepare?.(w, t)), name, sent)
    })

t.test('T5: all that was two thousand cases at least', async (t) => {
  t.ok(written >= 1500, `${written} cases that write`)
})

t.test('T6: the log of all that names nothing that is a tenant’s own', async (t) => {
  t.ok(log.length >= 2000, `${log.length} lines`)
  t.same(
    log.filter((line) => line.includes('canary-')),
    [],
  )
})
