import fc from 'fast-check'
import t from 'tap'
import { Conflict, Invalid } from '../../src/errors.ts'
import { operation, preview } from '../../src/db/operation.ts'
import { getPreference } from '../../src/preferences/catalogue.ts'
import { setPreference } from '../../src/preferences/commands.ts'
import { measureImpact } from '../../src/preferences/impact.ts'
import { getPreferenceInEffect } from '../../src/preferences/queries.ts'
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

const attempt = fc
  .constantFrom(...KEYS)
  .chain((key) => fc.record({ key: fc.constant(key), tenant: fc.nat(), draft: drafts[key] }))

t.test('says of a change just what making it does, for each value and in total', async (t) => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(changes, { minLength: 20, maxLength: 40 }),
      attempt,
      async (sequence, change) => {
        const here = await world(t)
        const { db, actor, clock } = here
        for (const one of sequence) {
          clock.now = plusMinutes(clock.now, 1)
          await makeChange(db, actor, one)
        }
        const ids = await allNodes(db)
        const id = ids[change.tenant % ids.length]!
        const before = await effectiveValues(here, change.key)
        const impact = await measureImpact(
          db,
          actor,
          id,
          getPreference(change.key),
          { entry: change.draft },
          clock.now,
        )
        const after = await valuesAfter(here, id, change)
        if (!after) return
        const changed = [...before].filter(([tenant, value]) => after.get(tenant) !== value)
        t.equal(impact.changing, changed.length)
        for (const { old, new: value, tenants } of impact.values) {
          const alike = changed.filter(
            ([tenant, was]) =>
              was === JSON.stringify(old) && after.get(tenant) === JSON.stringify(value),
          )
          t.equal(tenants, alike.length)
        }
        const { descendant_count } = await db
          .selectFrom('tenant')
          .select('descendant_count')
          .where('id', '=', id)
          .executeTakeFirstOrThrow()
        const counted = Object.values(impact.keeping).reduce(
          (sum, one) => sum + one,
          impact.changing,
        )
        t.equal(counted, descendant_count + (id === ROOT_ID ? 0 : 1))
      },
    ),
    { numRuns: 40 },
  )
})

type Attempt = typeof attempt extends fc.Arbitrary<infer Value> ? Value : never

/** Every value after the change, which is not kept; undefined when the rules refuse it. */
async function valuesAfter(here: World, id: number, { key, draft }: Attempt) {
  try {
    return await preview(here.db, here.actor, async (tx) => {
      await setPreference(tx, id, key, draft)
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
    operation(db, actor, 'test', (tx) =>
      setPreference(tx, id, TIMEOUT, { form: { value }, lock: null }),
    )
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
    setPreference(tx, ACME_LEEDS, TIMEOUT, { form: { value: 20 }, lock: null }),
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
