import fc from 'fast-check'
import t from 'tap'
import { operation, preview, type Tx } from '../../src/db/operation.ts'
import { undoOperation } from '../../src/db/undo.ts'
import { Conflict, Invalid } from '../../src/errors.ts'
import { paced } from '../../src/pace.ts'
import type { Verdict } from '../../src/jobs/batch.ts'
import { type Batch, batchActions, isOfTag } from '../../src/tenants/batch/actions.ts'
import { planBatch, runBatch } from '../../src/tenants/batch/run.ts'
import { createTenant, deleteTenant, updateTenant } from '../../src/tenants/commands.ts'
import { tenantKinds } from '../../src/tenants/kinds.ts'
import { readState } from '../support/rows.ts'
import { setAt } from '../support/preferences.ts'
import { NORTHWIND, world } from '../support/world.ts'
import { personRow } from '../support/person.ts'
import { PROGRAM, anyTenant } from '../support/any-tenant.ts'
import { everyTenant } from '../../src/db/scope-guard.ts'

const KEY = 'agent.check_in_interval_seconds'

/** A tenant by its place among those there are, from the newest on, which are the deepest. */
const place = fc.oneof(fc.nat(4), fc.nat(200))

/** Tenants below one another, few names, and a long branch so that the last level is near. */
const trees = fc.record({
  chain: fc.constantFrom(0, 27, 29, 30, 31),
  nodes: fc.array(
    fc.record({
      parent: place,
      name: fc.constantFrom('A', 'B', 'C', 'D'),
      kind: fc.constantFrom(...tenantKinds),
      active: fc.boolean(),
      holds: fc.constantFrom('nothing', 'nothing', 'an entry', 'a person'),
    }),
    { minLength: 3, maxLength: 25 },
  ),
})
type Tree = typeof trees extends fc.Arbitrary<infer One> ? One : never

const batches = fc.record({
  // Tags do not change the tree.
  action: fc.constantFrom(...batchActions.filter((action) => !isOfTag(action))),
  picked: fc.array(place, { minLength: 1, maxLength: 40 }),
  parent: place,
  kind: fc.constantFrom(...tenantKinds),
})
type Choice = typeof batches extends fc.Arbitrary<infer One> ? One : never

const leaf = { kind: 'client', active: true, holds: 'nothing' } as const

/** Random trees seldom end at the last level: a parent that is there, gone, or just above. */
const examples: [Tree, Choice][] = [
  [{ chain: 31, nodes: siblings(34, 35, 36) }, moveUnder(3, [0, 1, 2])],
  [{ chain: 31, nodes: siblings(34, 35, 36) }, moveUnder(199, [0, 1, 2])],
  [{ chain: 30, nodes: siblings(33, 0, 35) }, moveUnder(3, [2])],
  // All there are, "All tenants" among them, under a parent that is gone.
  [{ chain: 0, nodes: siblings(0, 1, 2) }, moveUnder(199, [...Array(60).keys()])],
]

function siblings(one: number, two: number, three: number): Tree['nodes'] {
  return [
    { ...leaf, name: 'A', parent: one },
    { ...leaf, name: 'B', parent: two },
    { ...leaf, name: 'C', parent: three },
  ]
}

function moveUnder(parent: number, picked: number[]): Choice {
  return { action: 'set_parent', picked, parent, kind: 'client' }
}

async function plant(tx: Tx, { chain, nodes }: Tree) {
  let last = NORTHWIND
  for (let depth = 0; depth < chain; depth++)
    last = anyTenant(
      await createTenant(tx, last, { name: 'Link', kind: 'location', description: '' }),
    )
  for (const [index, { parent, name, kind, active, holds }] of nodes.entries()) {
    const ids = await allIds(tx)
    const id = await unlessRefused(() =>
      createTenant(tx, anyTenant(fromEnd(ids, parent)), {
        name,
        kind,
        description: '',
        slug: `node-${index}`,
      }),
    )
    if (typeof id !== 'number') continue
    await updateTenant(tx, anyTenant(id), { active })
    if (holds === 'an entry') await setAt(tx, id, KEY, { form: { value: 60 }, lock: null })
    const person = personRow(id, name, `${id}@x.example`)
    if (holds === 'a person') await tx.insertInto('person').values(person).execute()
  }
}

const allIds = async (tx: Tx) =>
  (await everyTenant(tx).selectFrom('tenant').select('id').orderBy('id').execute()).map(
    ({ id }) => id,
  )

const fromEnd = (ids: number[], index: number) => ids[ids.length - 1 - (index % ids.length)]!

async function choose(tx: Tx, { action, picked, parent, kind }: Choice): Promise<Batch> {
  const ids = await allIds(tx)
  // Some parents are gone.
  const parent_id = parent > 190 ? 99_999 : fromEnd(ids, parent)
  const selected = [...new Set(picked.map((one) => fromEnd(ids, one)))]
  const plain = { kind, tag_id: null, covers_children: false, whole: false, reason: null }
  return { action, ids: selected, parent_id, ...plain }
}

/** What became of it, or the refusal. */
async function unlessRefused<Result>(act: () => Promise<Result>) {
  try {
    return await act()
  } catch (error) {
    if (error instanceof Conflict || error instanceof Invalid) return error
    throw error
  }
}

/** Does the action by the commands for one tenant. */
async function actOn(tx: Tx, { action, parent_id, kind }: Batch, id: number): Promise<string> {
  const version = async () =>
    (
      await everyTenant(tx)
        .selectFrom('tenant')
        .select('version')
        .where('id', '=', id)
        .executeTakeFirst()
    )?.version
  const before = await version()
  const refusal = await unlessRefused(() => {
    if (action === 'delete') return deleteTenant(tx, PROGRAM, anyTenant(id))
    if (action === 'set_parent')
      return updateTenant(tx, anyTenant(id), { parent_id: anyTenant(parent_id!) })
    if (action === 'set_kind') return updateTenant(tx, anyTenant(id), { kind: kind! })
    return updateTenant(tx, anyTenant(id), { active: action === 'activate' })
  })
  if (refusal) return refusal.message
  return before === (await version()) ? 'unchanged' : 'done'
}

const inShort = ({ outcome, detail }: Verdict) => (outcome === 'refused' ? detail : outcome)

const tenants = (tx: Tx) => everyTenant(tx).selectFrom('tenant').selectAll().orderBy('id').execute()

const rounds = { numRuns: Number(process.env.TENANTRY_TEST_ROUNDS ?? 60) }

/** A batch that would take the last administrator's rights away is refused as a whole. */
function unlessLastAdministrator(error: Error) {
  if (error instanceof Conflict && error.message.startsWith('Nobody would be left')) return null
  throw error
}

t.test('a batch does what the commands do to one tenant after the other', async (t) => {
  const { db, actor } = await world(t)
  const seen = new Set<string>()
  const together = (tree: Tree, choice: Choice) =>
    preview(db, actor, async (tx) => {
      await plant(tx, tree)
      const batch = await choose(tx, choice)
      const plan = (await planBatch(tx, PROGRAM, batch, paced())).flat()
      const lines = await runBatch(tx, PROGRAM, batch, paced())
      return { batch, plan, lines, rows: await tenants(tx) }
    }).catch(unlessLastAdministrator)
  const oneByOne = (tree: Tree, batch: Batch, ids: number[]) =>
    preview(db, actor, async (tx) => {
      await plant(tx, tree)
      const outcomes: string[] = []
      for (const id of ids) outcomes.push(await actOn(tx, batch, id))
      return { outcomes, rows: await tenants(tx) }
    })
  await fc.assert(
    fc.asyncProperty(trees, batches, async (tree, choice) => {
      const outcome = await together(tree, choice)
      if (!outcome) return t.passing()
      const { batch, plan, lines, rows } = outcome
      const ids = plan.map(({ id }) => id)
      const expected = await oneByOne(tree, batch, ids)
      t.strictSame(plan, lines, 'the preview says what is done')
      t.strictSame(lines.map(inShort), expected.outcomes)
      t.strictSame(rows, expected.rows)
      for (const { detail } of lines) seen.add(detail.replace(/^[A-D]|Link|\d+/g, ''))
      return t.passing()
    }),
    { ...rounds, examples },
  )
  const refusals = ['below itself', 'be deeper', 'at the last', 'already a', 'not exist', 'root of']
  for (const refusal of [...refusals, 'MSP tenant', 'not empty', 'preference', 'person'])
    t.ok(
      [...seen].some((detail) => detail.includes(refusal)),
      `met “${refusal}”`,
    )
})

t.test('a batch is taken back as a whole', async (t) => {
  const { db, actor } = await world(t)
  await fc.assert(
    fc.asyncProperty(trees, batches, async (tree, choice) => {
      const planted = await operation(db, actor, 'test.plant', async (tx) => {
        await plant(tx, tree)
        return tx.operation.id
      })
      const before = readState(db)
      const done = await operation(db, actor, 'tenant.batch', async (tx) => {
        await runBatch(tx, PROGRAM, await choose(tx, choice), paced())
        return tx.operation.id
      }).catch(unlessLastAdministrator)
      if (done !== null) await undoOperation(db, actor, done, null)
      t.strictSame(readState(db), before)
      await undoOperation(db, actor, planted, null)
      return t.passing()
    }),
    { numRuns: 30 },
  )
})
