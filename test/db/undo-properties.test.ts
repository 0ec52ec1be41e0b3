import fc from 'fast-check'
import t from 'tap'
import { type Tx, operation } from '../../src/db/operation.ts'
import { undoOperation } from '../../src/db/undo.ts'
import { Conflict, Invalid, NotFound } from '../../src/errors.ts'
import { createTenant, deleteTenant, updateTenant } from '../../src/tenants/commands.ts'
import { tenantKinds } from '../../src/tenants/kinds.ts'
import { setAt, unsetAt } from '../support/preferences.ts'
import { readState } from '../support/rows.ts'
import { type World, world } from '../support/world.ts'
import { PROGRAM, anyTenant } from '../support/any-tenant.ts'
import { everyTenant } from '../../src/db/scope-guard.ts'

/** One command; tenants are meant by their place in the list of those that there are. */
const step = fc.oneof(
  fc.record({
    verb: fc.constant('create' as const),
    on: fc.nat(),
    name: fc.string({ maxLength: 5 }),
  }),
  fc.record({
    verb: fc.constant('rename' as const),
    on: fc.nat(),
    name: fc.string({ maxLength: 5 }),
  }),
  fc.record({ verb: fc.constant('move' as const), on: fc.nat(), to: fc.nat() }),
  fc.record({
    verb: fc.constant('kind' as const),
    on: fc.nat(),
    kind: fc.constantFrom(...tenantKinds),
  }),
  fc.record({ verb: fc.constant('delete' as const), on: fc.nat() }),
  fc.record({
    verb: fc.constant('set' as const),
    on: fc.nat(),
    seconds: fc.integer({ min: 30, max: 900 }),
  }),
  fc.record({ verb: fc.constant('unset' as const), on: fc.nat() }),
)
type Step = typeof step extends fc.Arbitrary<infer One> ? One : never

/** What is done in one operation: some steps together. */
const operations = fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { maxLength: 8 })

const KEY = 'agent.check_in_interval_seconds'

async function take(tx: Tx, step: Step) {
  const tenants = await everyTenant(tx).selectFrom('tenant').select('id').orderBy('id').execute()
  const place = (index: number) => tenants[index % tenants.length]!.id
  const id = place(step.on)
  if (step.verb === 'create')
    await createTenant(tx, anyTenant(id), {
      name: `n${step.name}`,
      kind: 'location',
      description: '',
    })
  if (step.verb === 'rename') await updateTenant(tx, anyTenant(id), { name: `n${step.name}` })
  if (step.verb === 'move')
    await updateTenant(tx, anyTenant(id), { parent_id: anyTenant(place(step.to)) })
  if (step.verb === 'kind') await updateTenant(tx, anyTenant(id), { kind: step.kind })
  if (step.verb === 'delete') await deleteTenant(tx, PROGRAM, anyTenant(id))
  if (step.verb === 'set') await setAt(tx, id, KEY, { form: { value: step.seconds }, lock: null })
  if (step.verb === 'unset') await unsetAt(tx, id, KEY)
}

/** The id of the operation, or null when a rule refused it. */
async function perform({ db, actor }: World, steps: Step[]) {
  try {
    return await operation(db, actor, 'test.write', async (tx) => {
      for (const one of steps) await take(tx, one)
      return tx.operation.id
    })
  } catch (error) {
    if (error instanceof Invalid || error instanceof Conflict || error instanceof NotFound)
      return null
    throw error
  }
}

const differs = ({ db }: World, state: object) =>
  JSON.stringify(readState(db)) !== JSON.stringify(state)

t.test('undo gives back exactly the state before, whatever was done', async (t) => {
  const here = await world(t)
  let performed = 0
  await fc.assert(
    fc.asyncProperty(operations, async (plan) => {
      const done: { id: number; before: object }[] = []
      for (const steps of plan) {
        const before = readState(here.db)
        const id = await perform(here, steps)
        if (id !== null) done.push({ id, before })
        else if (differs(here, before)) t.strictSame(readState(here.db), before)
      }
      performed += done.length
      for (const { id, before } of done.reverse()) {
        await undoOperation(here.db, here.actor, id, null)
        if (differs(here, before)) t.strictSame(readState(here.db), before)
      }
    }),
    { numRuns: Number(process.env.TENANTRY_TEST_ROUNDS ?? 40) },
  )
  t.ok(performed > 40, `${performed} operations were taken back`)
})
