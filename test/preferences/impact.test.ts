import fc from 'fast-check'
import t, { type Test } from 'tap'
import { WHOLE_ACCESS } from '../../src/access/decide.ts'
import { Conflict, Invalid } from '../../src/errors.ts'
import { type Tx, operation, preview } from '../../src/db/operation.ts'
import { everyTenant } from '../../src/db/scope-guard.ts'
import { getPreference } from '../../src/preferences/catalogue.ts'
import { withdrawExemption } from '../../src/preferences/commands.ts'
import { type Hypothesis, measureImpact } from '../../src/preferences/impact.ts'
import { updateTenant } from '../../src/tenants/commands.ts'
import { getPreferenceInEffect } from '../../src/preferences/queries.ts'
import { anyTenant } from '../support/cast.ts'
import { setAt, unsetAt } from '../support/preferences.ts'
import {
  KEYS,
  ROOT_ID,
  allNodes,
  changes,
  drafts,
  makeChange,
  plusMinutes,
} from '../support/random-tree.ts'
import { ACME, ACME_LEEDS, ACME_LEGAL, type World, world } from '../support/world.ts'

const TIMEOUT = 'maintenance.reboot_prompt_timeout_minutes'

/** The effective value of every tenant, one by one: slow, and obviously right. */
async function effectiveValues({ db, actor, clock }: World, key: string, reads = db) {
  const values = new Map<number, string>()
  for (const id of await allNodes(db)) {
    if (id === ROOT_ID) continue
    const { resolution } = await getPreferenceInEffect(reads, actor, id, clock.now, key)
    values.set(id, JSON.stringify(resolution.value))
  }
  return values
}

/** A change and what it says would be so: an entry, a block, or an exemption taken away. */
const attempt = fc.constantFrom(...KEYS).chain((key) =>
  fc.record({
    key: fc.constant(key),
    tenant: fc.nat(),
    change: fc.oneof(
      { weight: 3, arbitrary: fc.record({ entry: fc.option(drafts[key]) }) },
      { weight: 2, arbitrary: fc.record({ blocks: fc.boolean() }) },
      { weight: 2, arbitrary: fc.record({ exemption: fc.nat() }) },
    ),
  }),
)

type Attempt = typeof attempt extends fc.Arbitrary<infer Value> ? Value : never

t.test('says of a change just what making it does, for each value and in total', async (t) => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(changes, { minLength: 20, maxLength: 40 }),
      attempt,
      async (sequence, one) => {
        const here = await world(t)
        for (const change of sequence) {
          here.clock.now = plusMinutes(here.clock.now, 1)
          await makeChange(here.db, here.actor, change)
        }
        const made = await suppose(here, one)
        if (!made) return
        const before = await effectiveValues(here, one.key)
        const after = await valuesAfter(here, one.key, made.write)
        if (after) await compare(t, here, { ...made, key: one.key, before, after })
      },
    ),
    { numRuns: Number(process.env.TENANTRY_TEST_ROUNDS ?? 25) },
  )
})

type Made = { id: number; hypothesis: Hypothesis; write: (tx: Tx) => Promise<unknown> }

/** The change as it is supposed, and as it is made; undefined when there is nothing to change. */
async function suppose({ db }: World, { key, tenant, change }: Attempt): Promise<Made | undefined> {
  const ids = await allNodes(db)
  const id = ids[tenant % ids.length]!
  if ('blocks' in change) {
    const write = (tx: Tx) => updateTenant(tx, anyTenant(id), { blocks_inheritance: change.blocks })
    return { id, hypothesis: change, write }
  }
  if ('entry' in change) {
    const { entry } = change
    const write = (tx: Tx) => (entry ? setAt(tx, id, key, entry) : unsetAt(tx, id, key))
    return { id, hypothesis: { entry }, write }
  }
  const all = await everyTenant(db)
    .selectFrom('exemption')
    .select(['id', 'tenant_id'])
    .where('key', '=', key)
    .orderBy('id')
    .execute()
  const one = all[change.exemption % Math.max(1, all.length)]
  if (!one) return undefined
  const write = (tx: Tx) =>
    withdrawExemption(tx, { access: WHOLE_ACCESS }, anyTenant(one.tenant_id), one.id)
  return { id: one.tenant_id, hypothesis: { without_exemption: one.id }, write }
}

type Compared = Made & { key: string; before: Map<number, string>; after: Map<number, string> }

async function compare(t: Test, { db, actor, clock }: World, made: Compared) {
  const { id, key, before, after, hypothesis } = made
  const impact = await measureImpact(db, actor, id, getPreference(key), hypothesis, clock.now)
  const changed = [...before].filter(([tenant, value]) => after.get(tenant) !== value)
  t.equal(impact.changing, changed.length)
  for (const { old, new: value, tenants } of impact.values) {
    const alike = changed.filter(
      ([tenant, was]) => was === JSON.stringify(old) && after.get(tenant) === JSON.stringify(value),
    )
    t.equal(tenants, alike.length)
  }
  const { descendant_count } = await everyTenant(db)
    .selectFrom('tenant')
    .select('descendant_count')
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
  const counted = Object.values(impact.keeping).reduce((sum, one) => sum + one, impact.changing)
  t.equal(counted, descendant_count + (id === ROOT_ID ? 0 : 1))
}

/** Every value after the change, which is not kept; undefined when the rules refuse it. */
async function valuesAfter(here: World, key: string, write: Made['write']) {
  try {
    return await preview(here.db, here.actor, async (tx) => {
      await write(tx)
      return effectiveValues(here, key, tx as never)
    })
  } catch (error) {
    if (error instanceof Conflict || error instanceof Invalid) return undefined
    throw error
  }
}

t.test('names what keeps its value, and why', async (t) => {
  const { db, actor, clock } = await world(t)
  const set = (id: number, value: number) =>
    operation(db, actor, 'test', (tx) => setAt(tx, id, TIMEOUT, { form: { value }, lock: null }))
  await set(ACME_LEEDS, 20)
  const impact = await measureImpact(
    db,
    actor,
    ACME,
    getPreference(TIMEOUT),
    { entry: { form: { value: 40 }, lock: null } },
    clock.now,
  )
  t.equal(impact.changing, 1)
  t.match(impact.regions, [
    { tenant_id: ACME, tenants: 1, new: 40, keeps: null },
    { tenant_id: ACME_LEEDS, tenants: 2, new: 20, keeps: 'overrides' },
  ])
  t.equal(ACME_LEGAL, 5)
})

t.test('counts the entries that a lock puts to sleep', async (t) => {
  const { db, actor, clock } = await world(t)
  await operation(db, actor, 'test', (tx) =>
    setAt(tx, ACME_LEEDS, TIMEOUT, { form: { value: 20 }, lock: null }),
  )
  const impact = await measureImpact(
    db,
    actor,
    ACME,
    getPreference(TIMEOUT),
    { entry: { form: { value: 20 }, lock: 'fixed' } },
    clock.now,
  )
  t.equal(impact.put_to_sleep, 1)
  t.equal(impact.keeping.locked, 2)
})
