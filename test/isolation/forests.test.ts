import fc from 'fast-check'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { permits } from '../../src/access/decide.ts'
import { requireTenant } from '../../src/access/visible.ts'
import { type Db, openDatabase } from '../../src/db/connection.ts'
import { migrate } from '../../src/db/migrate.ts'
import { type Tx, preview } from '../../src/db/operation.ts'
import { everyTenantTx } from '../../src/db/scope-guard.ts'
import { ASKED, NOW, forest, grow, step } from './forest.ts'
import { type Model, can } from './model.ts'
import { type Keys, addAssignment, addPerson, addTenant, plant, take } from './planted.ts'
import { actorsOf, expected, ids, look, same, views } from './views.ts'

/**
 * So many forests at least, which make more than 100,000 checks of one row for one user; a longer run
 * asks for more.
 */
const FORESTS = Number(process.env.TENANTRY_TEST_ROUNDS ?? 120)

async function emptyDatabase(t: Test) {
  const path = join(t.testdir(), 'forests.db')
  await migrate(path)
  const db = openDatabase(path, () => NOW)
  t.teardown(() => db.close())
  return db
}

/** Goes through random forests, and through as many again until they held enough of what is rare. */
async function until(isEnough: () => boolean, goThrough: () => Promise<void>) {
  for (let round = 0; round === 0 || (!isEnough() && round < 20); round++) await goThrough()
}

/** Plants a forest, lets `use` work on it, and takes everything back. */
const inForest = (
  db: Db,
  model: Model,
  use: (tx: Tx, keys: Keys) => Promise<void>,
): Promise<void> =>
  preview(db, { person_id: null, name: 'Forests' }, async (tx) => use(tx, await plant(tx, model)))

t.test('T4: the database shows to each user exactly what the rules say', async (t) => {
  const db = await emptyDatabase(t)
  let checks = 0
  let seen = 0
  const compare = async (tx: Tx, model: Model, keys: Keys) => {
    for (const view of await views(tx, model, keys)) {
      const should = expected(model, view)
      checks += model.tenants.size + model.people.size
      seen += view.tenants.length + view.people.length
      if (same(view.tenants, should.tenants) && same(view.people, should.people)) continue
      throw new Error(JSON.stringify({ view, should }))
    }
  }
  const throughForests = () =>
    fc.assert(
      fc.asyncProperty(forest, fc.array(step, { maxLength: 6 }), (plan, steps) => {
        const model = grow(plan)
        return inForest(db, model, async (tx, keys) => {
          await compare(tx, model, keys)
          for (const one of steps) await take(tx, model, one)
          await compare(tx, model, keys)
        })
      }),
      { numRuns: FORESTS },
    )
  await until(() => checks >= FORESTS * 850, throughForests)
  t.ok(checks >= FORESTS * 850, `${checks} checks`)
  t.ok(seen > checks / 50 && seen < checks / 2, `in ${seen} of them something was seen`)
})

t.test('T4: a list holds exactly what a check of each object admits', async (t) => {
  const db = await emptyDatabase(t)
  let checks = 0
  const throughForests = () =>
    fc.assert(
      fc.asyncProperty(forest, (plan) => {
        const model = grow(plan)
        return inForest(db, model, async (tx, keys) => {
          const all = await everyTenantTx(tx).selectFrom('tenant').select(['id', 'path']).execute()
          for (const person of model.people.keys()) {
            const { session, token } = await actorsOf(tx, model, person, keys)
            for (const actor of [session, token])
              for (const permission of actor ? ASKED : []) {
                const listed = await look(tx, actor!, permission)
                const checked = all.filter(({ path }) => permits(actor!.access, permission, path))
                checks += all.length
                if (!same(ids(listed.tenants), ids(checked)))
                  throw new Error(JSON.stringify({ actor, permission, listed, checked }))
              }
          }
        })
      }),
      { numRuns: FORESTS / 2 },
    )
  await until(() => checks >= FORESTS * 200, throughForests)
  t.ok(checks >= FORESTS * 200, `${checks} checks`)
})

t.test('T4: a tenant is let through where it is listed, and nowhere else', async (t) => {
  const db = await emptyDatabase(t)
  const answers = { admitted: 0, Forbidden: 0, NotFound: 0 }
  const isEnough = () => Object.values(answers).every((count) => count > FORESTS / 10)
  const throughForests = () =>
    fc.assert(
      fc.asyncProperty(forest, fc.constantFrom(...ASKED), (plan, permission) => {
        const model = grow(plan)
        return inForest(db, model, async (tx, keys) => {
          for (const person of model.people.keys()) {
            const actor = (await actorsOf(tx, model, person, keys)).session
            for (const id of actor ? model.tenants.keys() : []) {
              const admitted = await requireTenant(tx, actor!, permission, id).then(
                () => 'admitted',
                ({ name, constructor }: Error) => constructor.name || name,
              )
              const sees = can(model, person, 'tenant.view', id)
              const may = can(model, person, permission, id)
              const should = may ? 'admitted' : sees ? 'Forbidden' : 'NotFound'
              answers[should]++
              if (admitted !== should) throw new Error(`${admitted}, not ${should}, at ${id}`)
            }
          }
        })
      }),
      { numRuns: FORESTS / 4 },
    )
  await until(isEnough, throughForests)
  for (const [answer, count] of Object.entries(answers))
    t.ok(count > FORESTS / 10, `${count} ${answer}`)
})

const isSubset = (some: number[], others: number[]) => some.every((id) => others.includes(id))

t.test('T4: what is added elsewhere, or for others, changes nothing', async (t) => {
  const db = await emptyDatabase(t)
  await fc.assert(
    fc.asyncProperty(forest, fc.nat(), (plan, where) => {
      const model = grow(plan)
      return inForest(db, model, async (open, keys) => {
        const tx = everyTenantTx(open)
        const before = await views(open, model, keys)
        const tenants = [...model.tenants.keys()]
        const at = tenants[where % tenants.length]!
        const stranger = { tenant: 900, role: 1, active: true, limit: null }
        await addTenant(tx, 900, { parent: at, is_msp: where % 3 === 0 })
        await addPerson(tx, NOW, 900, stranger)
        const anew = { tenant: at, person: 900, group: null, role: 1, expires_at: null }
        await addAssignment(tx, 900, { ...anew, effect: 'allow' })
        await addAssignment(tx, 901, { ...anew, tenant: 1, role: null, effect: 'deny' })
        const after = await views(open, model, keys)
        const old = after.map((view) => ({
          ...view,
          tenants: view.tenants.filter((id) => id !== 900),
          people: view.people.filter((id) => id !== 900),
        }))
        if (JSON.stringify(old) !== JSON.stringify(before)) t.same(old, before)
      })
    }),
    { numRuns: FORESTS / 4 },
  )
  t.pass('nothing changed for anybody')
})

t.test('T4: to allow something takes nothing away, and to deny something gives none', async (t) => {
  const db = await emptyDatabase(t)
  await fc.assert(
    fc.asyncProperty(forest, fc.nat(), fc.nat(), (plan, where, whom) => {
      const model = grow(plan)
      return inForest(db, model, async (open, keys) => {
        const tx = everyTenantTx(open)
        const tenants = [...model.tenants.keys()]
        const people = [...model.people.keys()]
        const anew = {
          tenant: tenants[where % tenants.length]!,
          person: people[whom % people.length]!,
          group: null,
          role: 1 + (where % model.roles.size),
          expires_at: null,
        }
        const before = await views(open, model, keys)
        await addAssignment(tx, 900, { ...anew, effect: 'allow' })
        const allowed = await views(open, model, keys)
        await addAssignment(tx, 901, { ...anew, effect: 'deny' })
        const denied = await views(open, model, keys)
        for (const [index, view] of allowed.entries())
          if (
            !isSubset(before[index]!.tenants, view.tenants) ||
            !isSubset(denied[index]!.tenants, view.tenants)
          )
            throw new Error(JSON.stringify({ before: before[index], view }))
      })
    }),
    { numRuns: FORESTS / 4 },
  )
  t.pass('neither did')
})
