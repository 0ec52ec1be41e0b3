import { join } from 'node:path'
import t, { type Test } from 'tap'
import { fillDatabase } from '../../src/cli/demo/fill.ts'
import { openDatabase } from '../../src/db/connection.ts'
import { findFaults } from '../../src/db/faults.ts'
import { migrate } from '../../src/db/migrate.ts'
import { everyTenant } from '../../src/db/scope-guard.ts'
import { run, startServer } from '../support/program.ts'
import { readState } from '../support/rows.ts'
import { START, world } from '../support/world.ts'

async function demonstration(t: Test, path = join(t.testdir(), 'tenantry.db')) {
  await migrate(path)
  const clock = { now: START }
  const db = openDatabase(path, () => clock.now)
  t.teardown(() => db.close())
  await fillDatabase(db, clock, 'unused')
  return { db, path }
}

t.test('shows a provider with forty clients, branches and departments', async (t) => {
  const { db } = await demonstration(t)
  const tenants = await everyTenant(db).selectFrom('tenant').select('kind').execute()
  const count = (kind: string) => tenants.filter((tenant) => tenant.kind === kind).length
  t.equal(count('msp'), 1)
  t.equal(count('client'), 40)
  for (const kind of ['branch_office', 'department', 'division', 'location']) t.ok(count(kind) > 5)
})

t.test('shows locks of both sorts, a block, and an exemption that ran out', async (t) => {
  const { db } = await demonstration(t)
  const entries = await everyTenant(db)
    .selectFrom('preference_entry')
    .select(['lock', 'form'])
    .execute()
  t.ok(entries.length >= 20)
  for (const lock of ['fixed', 'bounded'] as const) t.ok(entries.some((one) => one.lock === lock))
  const blocks = await everyTenant(db)
    .selectFrom('tenant')
    .select('id')
    .where('blocks_inheritance', '=', 1)
    .execute()
  t.ok(blocks.length > 0)
  const ends = await everyTenant(db)
    .selectFrom('exemption')
    .select('expires_at')
    .orderBy('expires_at')
    .execute()
  t.ok(ends[0]!.expires_at! < START)
  t.equal(ends[1]!.expires_at, '2026-11-27T17:00:00.000Z')
})

t.test('shows users, a group, a denial and tags; none of them can sign in uninvited', async (t) => {
  const { db } = await demonstration(t)
  const all = everyTenant(db)
  const people = await all.selectFrom('person').select(['id', 'role_id']).execute()
  t.ok(people.length > 20)
  t.ok(people.some((one) => one.role_id === null))
  const accounts = await all.selectFrom('user_account').select('person_id').execute()
  t.equal(accounts.length, 3)
  t.equal((await all.selectFrom('user_group_member').select('id').execute()).length, 2)
  const given = await all.selectFrom('role_assignment').select(['effect', 'group_id']).execute()
  t.ok(given.some((one) => one.effect === 'deny'))
  t.ok(given.some((one) => one.effect === 'allow' && one.group_id !== null))
  t.ok((await all.selectFrom('person_tag').select('id').execute()).length > 5)
})

t.test(
  'shows computers in every state, with agents, people, tags, and one to decide',
  async (t) => {
    const { db } = await demonstration(t)
    const all = everyTenant(db)
    const computers = await all.selectFrom('computer').selectAll().execute()
    t.ok(computers.length > 250, `${computers.length} computers`)
    for (const state of ['new', 'active', 'excluded', 'deleted'] as const)
      t.ok(computers.some((one) => one.state === state))
    t.ok(computers.some((one) => one.stale === 1))
    t.ok(computers.some((one) => one.primary_person_id !== null))
    t.ok(new Set(computers.map((one) => one.tenant_id)).size > 60)
    const agents = await all.selectFrom('agent').select(['integration', 'computer_id']).execute()
    t.equal(new Set(agents.map((one) => one.integration)).size, 2)
    t.equal(agents.filter((one) => one.computer_id === null).length, 1)
    t.ok((await all.selectFrom('computer_tag').select('id').execute()).length > 5)
  },
)

t.test('has a history of people, times and reasons, and its log is sound', async (t) => {
  const { db, path } = await demonstration(t)
  const operations = await db.selectFrom('operation').selectAll().orderBy('id').execute()
  t.ok(new Set(operations.map((one) => one.actor_name)).size >= 4)
  t.ok(new Set(operations.map((one) => one.at.slice(0, 10))).size > 10)
  t.ok(operations.every((one) => one.at <= START && (one.reason || one.kind === 'setup.complete')))
  t.same(await findFaults(path), [])
})

t.test('is the same each time', async (t) => {
  const one = await demonstration(t)
  const two = await demonstration(t, join(one.path, '../again.db'))
  t.strictSame(readState(one.db), readState(two.db))
})

t.test('needs an empty database', async (t) => {
  const { db, clock } = await world(t)
  await t.rejects(fillDatabase(db, clock, 'unused'), /needs an empty database/)
})

t.test('says how to go on, and when it is there already how to start over', async (t) => {
  const data = t.testdir()
  const { stdout } = await run(['demo'], { data, environment: { PORT: '8123' } })
  t.match(stdout, `The demonstration is in ${data}.\n`)
  t.match(stdout, `Start it with: TENANTRY_DATA=${data} npm start\n`)
  t.match(stdout, 'Open http://localhost:8123\n')
  const again = await run(['demo'], { data })
  t.equal(again.code, 1)
  t.match(again.stderr, `To start over, delete the folder ${data} `)
})

t.test('prints whom to sign in as', async (t) => {
  const data = t.testdir()
  const { code, stdout } = await run(['demo'], { data })
  t.equal(code, 0)
  const [, email, password] = /Sign in as (\S+) with the password (\S+)/.exec(stdout)!
  const { url } = await startServer(t, { data })
  const body = new URLSearchParams({ email: email!, password: password! })
  const headers = { origin: url }
  const answer = await fetch(`${url}/sign-in`, {
    method: 'POST',
    redirect: 'manual',
    headers,
    body,
  })
  t.equal(answer.status, 303)
})
