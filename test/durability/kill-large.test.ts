import t, { type Test } from 'tap'
import { syncAgents } from '../../src/computers/sync/sync.ts'
import { openDatabase } from '../../src/db/connection.ts'
import { findFaults } from '../../src/db/faults.ts'
import { paced } from '../../src/pace.ts'
import { PROGRAM } from '../support/any-tenant.ts'
import { dataDirectory } from '../support/directory.ts'
import { startServer } from '../support/program.ts'
import { withFile } from '../support/rows.ts'
import { ACME, RIVAL } from '../support/world.ts'

/** Enough that many requests are answered while they are written. */
const COMPUTERS = 2000
/** How often a server is killed in the midst of each; in CI more often. */
const KILLS = Number(process.env.TENANTRY_TEST_ROUNDS ?? 1)

type Place = Awaited<ReturnType<typeof dataDirectory>>

async function fill(database: string) {
  const db = openDatabase(database)
  const agents = Array.from({ length: COMPUTERS }, (_, index) => ({
    external_key: `agent-${index}`,
    tenant_id: ACME,
    name: `PC-${index}`,
    manufacturer: 'Dell Inc.',
    serial_number: `SN${index}X9`,
  }))
  await syncAgents(db, { ...PROGRAM, person_id: null, name: 'Sync' }, 'Test', agents, paced())
  await db.close()
}

const post = (url: string, token: string, path: string, body: object) =>
  fetch(`${url}/api/v1${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })

/** Asks for something and kills the server once it has answered so many others meanwhile. */
async function killAmid(
  t: Test,
  { data, token }: Place,
  path: string,
  body: object,
  after: number,
) {
  const server = await startServer(t, { data })
  const asked = post(server.url, token, path, body).then(
    ({ status }) => status,
    () => null,
  )
  for (let answered = 0; answered < after; answered++)
    await (await fetch(`${server.url}/sign-in`)).text()
  await server.stop('SIGKILL')
  return asked
}

async function finish(t: Test, { data, token }: Place, path: string, body: object) {
  const server = await startServer(t, { data })
  const { status } = await post(server.url, token, path, body)
  await server.stop()
  return status
}

/** How many computers, and how many of their agents, are at a tenant. */
const at = (database: string, tenant_id: number) =>
  withFile(database, (sqlite) =>
    ['computer', 'agent'].map((table) =>
      sqlite.prepare(`select count(*) from ${table} where tenant_id = ?`).pluck().get(tenant_id),
    ),
  )

/** The last operation of a kind that changed something. */
const lastOf = (database: string, kind: string) =>
  withFile(database, (sqlite) =>
    sqlite
      .prepare('select max(id) from operation where kind = ? and change_count > 0')
      .pluck()
      .get(kind),
  )

/** All or none; and all, when it was acknowledged. */
function requireWhole(t: Test, counts: unknown[], answer: number | null) {
  const [all, none] = [COMPUTERS, 0].map((count) => String([count, count]))
  const whole = answer === null ? [all, none] : [all]
  t.ok(whole.includes(String(counts)), `${counts.join()}, answered ${answer}`)
}

t.test('T19: kill -9 amid a batch, or its undo, leaves all of it or nothing', async (t) => {
  const place = await dataDirectory(t)
  const { database } = place
  await fill(database)
  const ids = Array.from({ length: COMPUTERS }, (_, index) => index + 1)
  const move = { action: 'change_tenant', ids, tenant_id: RIVAL }
  for (let round = 0; round < KILLS; round++) {
    const answer = await killAmid(t, place, '/computers/batch', move, 1 + round * 3)
    requireWhole(t, at(database, RIVAL), answer)
    t.same(await findFaults(database), [])
  }
  t.equal(await finish(t, place, '/computers/batch', move), 200)
  t.same(at(database, RIVAL), [COMPUTERS, COMPUTERS])
  const undo = `/operations/${String(lastOf(database, 'computer.batch_change_tenant'))}/undo`
  for (let round = 0; round < KILLS; round++) {
    const answer = await killAmid(t, place, undo, {}, 1 + round * 3)
    requireWhole(t, at(database, ACME), answer)
    t.same(await findFaults(database), [])
  }
  // It may have been done without the answer getting through; then it is not done twice.
  t.ok([201, 409].includes(await finish(t, place, undo, {})))
  t.same(at(database, ACME), [COMPUTERS, COMPUTERS])
})

t.test('T19: kill -9 amid a merge, or its undo, leaves all of it or nothing', async (t) => {
  const place = await dataDirectory(t)
  const { database } = place
  await fill(database)
  const into = `/tenants/${RIVAL}/merges`
  const merge = { sources: [ACME] }
  for (let round = 0; round < KILLS; round++) {
    const answer = await killAmid(t, place, into, merge, 1 + round * 3)
    requireWhole(t, at(database, RIVAL), answer)
    t.equal(isThere(database, ACME), at(database, ACME)[0] === COMPUTERS)
    t.same(await findFaults(database), [])
  }
  // It may have been done without the answer getting through; then it is not done twice.
  t.ok([200, 409].includes(await finish(t, place, into, merge)))
  t.same(at(database, RIVAL), [COMPUTERS, COMPUTERS])
  const undo = `/operations/${String(lastOf(database, 'tenant.merge'))}/undo`
  for (let round = 0; round < KILLS; round++) {
    const answer = await killAmid(t, place, undo, {}, 1 + round * 3)
    requireWhole(t, at(database, ACME), answer)
    t.equal(isThere(database, ACME), at(database, ACME)[0] === COMPUTERS)
    t.same(await findFaults(database), [])
  }
  t.ok([201, 409].includes(await finish(t, place, undo, {})))
  t.same(at(database, ACME), [COMPUTERS, COMPUTERS])
})

const isThere = (database: string, tenant_id: number) =>
  withFile(
    database,
    (sqlite) => sqlite.prepare('select 1 from tenant where id = ?').get(tenant_id) !== undefined,
  )
