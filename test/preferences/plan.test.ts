import t from 'tap'
import { operation } from '../../src/db/operation.ts'
import { getPreference } from '../../src/preferences/catalogue.ts'
import { listExemptions } from '../../src/preferences/exemptions.ts'
import { measureImpact } from '../../src/preferences/impact.ts'
import { getPreferences } from '../../src/preferences/queries.ts'
import { fullScans, planOf, watchQueries } from '../support/plan.ts'
import { setAt } from '../support/preferences.ts'
import { ACME, ACME_LEGAL, type World, world } from '../support/world.ts'

const KEY = 'maintenance.install_os_updates'

async function lockedWorld(t: Parameters<typeof world>[0]): Promise<World> {
  const here = await world(t)
  await operation(here.db, here.actor, 'preference.set', (tx) =>
    setAt(tx, ACME, KEY, { form: { value: true }, lock: 'fixed' }),
  )
  return here
}

t.test('resolving, past and present, scans no table', async (t) => {
  const { db, actor, clock, path } = await lockedWorld(t)
  const queries = watchQueries(db)
  await getPreferences(db, actor, ACME_LEGAL, '2030-01-01T00:00:00.000Z', { as_of: clock.now })
  await getPreferences(db, actor, ACME_LEGAL, clock.now)
  await listExemptions(db, actor, ACME)
  t.ok(queries.length > 5)
  for (const query of queries) t.same(fullScans(planOf(path, query)), [], query.sql)
})

t.test('measuring a change scans no table', async (t) => {
  const { db, actor, clock, path } = await lockedWorld(t)
  const queries = watchQueries(db)
  await measureImpact(db, actor, 1, getPreference(KEY), { entry: null }, clock.now)
  t.ok(queries.length > 3)
  for (const query of queries) t.same(fullScans(planOf(path, query)), [], query.sql)
})

t.test('resolving every preference takes two queries, whatever is set', async (t) => {
  const { db, actor, clock } = await lockedWorld(t)
  const queries = watchQueries(db)
  await getPreferences(db, actor, ACME_LEGAL, clock.now)
  t.equal(queries.length, 2)
})
