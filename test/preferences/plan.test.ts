import t from 'tap'
import type { Access } from '../../src/access/decide.ts'
import { permissions } from '../../src/access/permissions.ts'
import { operation } from '../../src/db/operation.ts'
import { getPreference } from '../../src/preferences/catalogue.ts'
import { listExemptions } from '../../src/preferences/exemptions.ts'
import { measureImpact } from '../../src/preferences/impact.ts'
import { getPreferences } from '../../src/preferences/queries.ts'
import { fullScans, planOf, watchQueries } from '../support/plan.ts'
import { setAt } from '../support/preferences.ts'
import { ACME, ACME_LEGAL, type World, world } from '../support/world.ts'

const KEY = 'maintenance.install_os_updates'

const everything = new Set(permissions)

/** Somebody of Acme who is kept from its legal department. */
const ACME_BUT_LEGAL: Access = {
  allows: [{ path: '/1/3/', permissions: everything }],
  denies: [{ path: '/1/3/4/5/', permissions: everything }],
  limit: null,
}

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

t.test('nor does measuring or listing for somebody who sees a part of the tree', async (t) => {
  const here = await lockedWorld(t)
  const { db, clock, path } = here
  const actor = { ...here.actor, access: ACME_BUT_LEGAL }
  const queries = watchQueries(db)
  await measureImpact(db, actor, ACME, getPreference(KEY), { entry: null }, clock.now)
  await listExemptions(db, actor, ACME)
  t.ok(queries.length > 5)
  for (const query of queries) t.same(fullScans(planOf(path, query)), [], query.sql)
})

t.test('resolving every preference takes two queries, whatever is set', async (t) => {
  const { db, actor, clock } = await lockedWorld(t)
  const queries = watchQueries(db)
  await getPreferences(db, actor, ACME_LEGAL, clock.now)
  t.equal(queries.length, 2)
})
