import t, { type Test } from 'tap'
import { type BatchAction, batchActions } from '../../src/computers/batch/actions.ts'
import { addComputers, sync } from '../support/computers.ts'
import { makeTag } from '../support/tags.ts'
import { planOfText, watchWrites } from '../support/plan.ts'
import { ACME, ACME_LEEDS, type World, world } from '../support/world.ts'

const report = (number: number) => ({
  external_key: `a${number}`,
  tenant_id: ACME,
  name: `PC-${number}`,
  manufacturer: 'Dell',
  serial_number: `SN-${number}-X`,
  operating_system: 'Windows 10',
  last_seen_at: '2026-11-24T08:00:00.000Z',
})

/**
 * Nothing that grows is read from end to end while the writer is held; lists that were sent are, and
 * the tags, of which there are few. Of
 * operations the last is read, and one that is written has nothing yet that refers to it.
 */
function scansNothing(t: Test, { path }: World, written: Set<string>) {
  const statements = [...written].filter(
    (sql) =>
      /"(computer|agent|person|tenant|change)"/.test(sql) && /^(with|select|[iud])/.test(sql),
  )
  t.ok(statements.length > 5)
  for (const sql of statements) {
    const plan = planOfText(path, sql)
    t.same(
      plan.filter((step) => /^SCAN (?!json_each|listed|tag )/.test(step)),
      [],
      sql,
    )
  }
}

t.test('a sync reads no table from end to end, whatever it writes', async (t) => {
  const w = await world(t)
  const written = watchWrites(w.db)
  const reports = [report(1), report(2)]
  await sync(w, reports)
  const [one, other] = reports
  const seen = { ...one!, last_seen_at: '2026-11-24T09:00:00.000Z' }
  await sync(w, [seen, { ...other!, name: 'PC-3', operating_system: 'Windows 11' }])
  await sync(w, [{ ...other!, hardware_uuid: '4c4c4544-0042-4a10-8033-b4c04f4e3532' }], 'Other')
  scansNothing(t, w, written)
})

t.test('no batch reads a table from end to end', async (t) => {
  const w = await world(t)
  const ids = await addComputers(w, ACME, batchActions.map(String))
  const written = watchWrites(w.db)
  const { id: tag_id } = await makeTag(w, ACME, 'Kiosk')
  const choices: Partial<Record<BatchAction, object>> = {
    change_tenant: { tenant_id: ACME_LEEDS },
    set_person: { person: '' },
    add_tag: { tag_id },
    remove_tag: { tag_id },
  }
  for (const [index, action] of batchActions.entries()) {
    const body = { action, ids: [ids[index]], ...choices[action] }
    const { statusCode } = await w.api.post('/computers/batch', body)
    t.ok(statusCode < 300, `${action}: ${statusCode}`)
  }
  scansNothing(t, w, written)
})
