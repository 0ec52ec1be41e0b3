import t from 'tap'
import type { ReportedAgent } from '../../src/computers/sync/report.ts'
import { markStale } from '../../src/computers/staleness.ts'
import { addComputer, sync } from '../support/computers.ts'
import { setAt } from '../support/preferences.ts'
import { operation } from '../../src/db/operation.ts'
import { withFile } from '../support/rows.ts'
import { ACME, ACME_LEEDS, RIVAL, type World, world } from '../support/world.ts'

const laptop: ReportedAgent = {
  external_key: 'a1',
  tenant_id: ACME,
  name: 'ACME-LT-7',
  serial_number: 'QX-991',
  manufacturer: 'Dell Inc.',
  model: 'Latitude 5440',
  hardware_uuid: '4c4c4544-0042-4a10-8033-b4c04f4e3532',
  operating_system: 'Windows 11 Pro',
  kind: 'portable',
  last_seen_at: '2026-11-24T08:00:00.000Z',
}

const rows = <Row>({ path }: World, sql: string) =>
  withFile(path, (sqlite) => sqlite.prepare(sql).all() as Row[])
const computers = (w: World) =>
  rows<Record<string, unknown>>(w, 'select * from computer order by id')
const operations = (w: World) => rows(w, 'select id from operation').length

t.test('creates a computer for a new machine, and only looks at it the next time', async (t) => {
  const w = await world(t)
  t.match(await sync(w, [laptop]), { created: 1, unchanged: 0 })
  const before = operations(w)
  const seen = { ...laptop, last_seen_at: '2026-11-24T08:30:00.000Z' }
  t.match(await sync(w, [seen]), { created: 0, changed: 0, unchanged: 1 })
  t.equal(operations(w), before)
  t.match(computers(w), [
    { state: 'new', last_seen_at: seen.last_seen_at, first_seen_at: laptop.last_seen_at },
  ])
})

t.test(
  'attaches agents of several integrations to one computer, whatever they call it',
  async (t) => {
    const w = await world(t)
    await sync(w, [laptop])
    await sync(w, [{ ...laptop, external_key: 'x', name: 'OTHER', hardware_uuid: '' }], 'Ninja')
    t.equal(computers(w).length, 1)
    t.match(computers(w)[0], { name: 'ACME-LT-7' })
    const { body } = await w.alice.get('/computers/1')
    t.match(body, 'Ninja')
    t.match(body, 'MeshCentral')
  },
)

t.test('keeps what somebody corrected until the report itself changes', async (t) => {
  const w = await world(t)
  await sync(w, [laptop])
  await w.api.patch('/computers/1', { model: 'Corrected' })
  await sync(w, [{ ...laptop, operating_system: 'Windows 12' }])
  t.match(computers(w)[0], { model: 'Corrected', operating_system: 'Windows 12' })
  await sync(w, [{ ...laptop, operating_system: 'Windows 12', model: 'Latitude 7450' }])
  t.match(computers(w)[0], { model: 'Latitude 7450' })
})

t.test('leaves a machine that is known elsewhere to a person, who decides', async (t) => {
  const w = await world(t)
  const { name, external_key: _, tenant_id, last_seen_at, kind, ...hardware } = laptop
  const facts = { ...hardware, kind: 'portable' } as const
  await addComputer(w, RIVAL, { name: 'Rival one', ...(facts as object) })
  t.match(await sync(w, [laptop]), { created: 0, undecided: 1 })
  t.match((await w.alice.get('/computers')).body, /One agent may be on more than one computer/)
  t.match((await w.alice.get('/computers/undecided/1')).body, /known at another tenant/)
  t.equal((await w.alice.post('/computers/undecided/1', {})).statusCode, 422)
  t.equal((await w.alice.post('/computers/undecided/1', { computer: 'new' })).statusCode, 303)
  t.match(computers(w)[1], { tenant_id, name, last_seen_at, kind, state: 'new' })
  t.match(await sync(w, [laptop]), { unchanged: 1, undecided: 0 })
})

t.test('lets go of an agent whose hardware is another one all at once', async (t) => {
  const w = await world(t)
  await sync(w, [laptop])
  const other = { ...laptop, hardware_uuid: '4c4c4544-0042-4a10-8033-b4c04f4e9999' }
  t.match(await sync(w, [other]), { undecided: 1, created: 0 })
  t.equal((await w.alice.post('/computers/undecided/1', { computer: '1' })).statusCode, 303)
  t.same(rows(w, 'select computer_id, doubt from agent'), [{ computer_id: 1, doubt: null }])
})

t.test('passes over customers of no tenant, and what is reported twice', async (t) => {
  const w = await world(t)
  t.match(await sync(w, [laptop, laptop, { ...laptop, external_key: 'b', tenant_id: 999 }]), {
    created: 1,
    passed_over: 2,
  })
})

t.test('takes any text of another system for a text', async (t) => {
  const w = await world(t)
  const hostile = '<script>alert(1)</script>\u0000\u202e"\'' + 'x'.repeat(500)
  await sync(w, [{ ...laptop, name: hostile, model: hostile, external_key: hostile }])
  const { body, statusCode } = await w.alice.get('/computers/1')
  t.equal(statusCode, 200)
  t.notMatch(body, '<script>alert')
})

t.test('calls a computer stale for as long as its tenant says', async (t) => {
  const w = await world(t)
  await sync(w, [
    laptop,
    { ...laptop, tenant_id: ACME_LEEDS, external_key: 'b', serial_number: 'B', hardware_uuid: '' },
  ])
  await operation(w.db, w.actor, 'test.setting', (tx) =>
    setAt(tx, ACME_LEEDS, 'agent.stale_after_days', { form: { value: 90 }, lock: null }),
  )
  const tabs = async () => (await markStale(w.db), computers(w).map(({ stale }) => stale))
  t.same(await tabs(), [0, 0])
  w.clock.now = '2026-12-30T09:00:00.000Z'
  t.same(await tabs(), [1, 0])
  w.clock.now = '2027-06-30T09:00:00.000Z'
  t.same(await tabs(), [1, 1])
  await sync(w, [{ ...laptop, last_seen_at: '2027-06-30T08:00:00.000Z' }])
  t.same(await tabs(), [0, 1])
})
