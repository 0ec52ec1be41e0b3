import fc from 'fast-check'
import t from 'tap'
import { operation } from '../../src/db/operation.ts'
import { chooseSlug, findFreeNumber } from '../../src/tenants/slugs.ts'
import { importCsv } from '../support/jobs.ts'
import { fullScans, planOf, watchQueries } from '../support/plan.ts'
import { world, type World } from '../support/world.ts'
import { everyTenant } from '../../src/db/scope-guard.ts'

/** Tenants whose slugs are that of "Head office", plain and with the numbers up to `count`. */
const addNamesakes = ({ db, actor }: World, count: number) =>
  operation(db, actor, 'test.namesakes', async (tx) => {
    for (let number = 1; number <= count; number++) {
      const name = `Place ${number}`
      const slug = number === 1 ? 'head-office' : `head-office-${number}`
      const values = { parent_id: 1, kind: 'location' as const, name, name_key: name, slug }
      await tx
        .insertInto('tenant')
        .values({ ...values, sort_key: name })
        .execute()
    }
  })

t.test('gives a name of which there are many the next number, in few steps', async (t) => {
  const w = await world(t)
  await addNamesakes(w, 1000)
  const queries = watchQueries(w.db)
  t.equal(await chooseSlug(w.db, 'Head office'), 'head-office-1001')
  t.ok(queries.length < 25, `${queries.length} queries`)
  for (const query of queries) t.same(fullScans(planOf(w.path, query)), [])
})

t.test('reads one row for a short name with which many slugs begin', async (t) => {
  const w = await world(t)
  await addNamesakes(w, 100)
  const queries = watchQueries(w.db)
  t.equal(await chooseSlug(w.db, 'He'), 'he')
  t.equal(queries.length, 1)
  t.same(fullScans(planOf(w.path, queries[0]!)), [])
})

t.test('numbers the tenants of a file past those that there are', async (t) => {
  const w = await world(t)
  await addNamesakes(w, 20)
  const parents = ['northwind', 'acme', 'acme-leeds', 'rival']
  const lines = parents.map((parent) => `Head office,${parent},`)
  await importCsv(
    w.alice,
    `name,parent,slug\n${lines.join('\n')}\nTaken,,head-office-22\nTaken too,,head-office-25\n`,
  )
  const slugs = await everyTenant(w.db)
    .selectFrom('tenant')
    .select('slug')
    .where('name', '=', 'Head office')
    .orderBy('slug')
    .execute()
  t.same(
    slugs.map(({ slug }) => slug),
    [23, 24, 26, 27].map((number) => `head-office-${number}`),
  )
})

t.test('finds a number that is free after one that is not, in steps that hardly grow', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(100_000), fc.array(fc.nat(200_000)), async (last, others) => {
      const taken = new Set(others)
      let asked = 0
      const isTaken = async (number: number) => {
        asked++
        return number <= last || taken.has(number)
      }
      const free = await findFreeNumber(isTaken)
      if (await isTaken(free)) return false
      return free >= 2 && asked < 45 && (free === 2 || (await isTaken(free - 1)))
    }),
  )
})
