import fc from 'fast-check'
import t from 'tap'
import { foreseeUndo, takeBack } from '../../src/audit/undo.ts'
import { operation, type Tx } from '../../src/db/operation.ts'
import { everyTenant } from '../../src/db/scope-guard.ts'
import { Conflict, Forbidden, Invalid, NotFound } from '../../src/errors.ts'
import { createPerson, deletePerson, updatePerson } from '../../src/people/commands.ts'
import { createSchedule, setScheduleState } from '../../src/schedules/commands.ts'
import { overrideSchedule } from '../../src/schedules/overriding.ts'
import { createTenant, deleteTenant, updateTenant } from '../../src/tenants/commands.ts'
import { tenantKinds } from '../../src/tenants/kinds.ts'
import { PROGRAM } from '../support/any-tenant.ts'
import { anyTenant } from '../support/cast.ts'
import { setAt, unsetAt } from '../support/preferences.ts'
import { NIGHTLY } from '../support/schedules.ts'
import { type World, world } from '../support/world.ts'
import { type Deed, difference, obstaclesTo, same, stateOf, takenBack } from './undo-model.ts'

const KEY = 'agent.check_in_interval_seconds'
const VERBS = [
  'create',
  'rename',
  'move',
  'kind',
  'delete',
  'set',
  'lock',
  'unset',
  'hire',
  'rename person',
  'move person',
  'fire',
  'plan',
  'drop plan',
  'decide',
  // Often enough to meet the others.
  'undo',
  'undo',
  'undo',
  'undo',
]

/** One thing to do, on the `on`th of what there is, with the `to`th of what else there is. */
const step = fc.record({
  verb: fc.constantFrom(...VERBS),
  on: fc.nat(),
  to: fc.nat(),
  name: fc.stringMatching(/^[a-z]{1,4}$/),
})
type Step = { verb: string; on: number; to: number; name: string }

async function take(tx: Tx, { actor }: World, { verb, on, to, name }: Step) {
  const tenants = await everyTenant(tx).selectFrom('tenant').select('id').orderBy('id').execute()
  const people = await everyTenant(tx).selectFrom('person').select('id').orderBy('id').execute()
  const id = anyTenant(tenants[on % tenants.length]!.id)
  const other = anyTenant(tenants[to % tenants.length]!.id)
  const person = people[on % people.length]!.id
  const schedules = await everyTenant(tx)
    .selectFrom('schedule')
    .select('id')
    .orderBy('id')
    .execute()
  const schedule = schedules[on % schedules.length] ?? { id: 0 }
  const kind = tenantKinds[to % tenantKinds.length]!
  const verbs: Record<string, () => Promise<unknown>> = {
    create: () => createTenant(tx, id, { name, kind: 'location', description: '' }),
    rename: () => updateTenant(tx, id, { name }),
    move: () => updateTenant(tx, id, { parent_id: other }),
    kind: () => updateTenant(tx, id, { kind }),
    delete: () => deleteTenant(tx, PROGRAM, id),
    set: () => setAt(tx, id, KEY, { form: { value: 30 + (to % 800) }, lock: null }),
    lock: () => setAt(tx, id, KEY, { form: { value: 600 }, lock: 'fixed' }),
    unset: () => unsetAt(tx, id, KEY),
    hire: () => createPerson(tx, actor, id, { name, email: `${name}@a.example`, role_id: null }),
    'rename person': () => updatePerson(tx, actor, person, { name }),
    'move person': () => updatePerson(tx, actor, person, { tenant_id: other }),
    fire: () => deletePerson(tx, actor, person),
    plan: () => createSchedule(tx, actor, id, { ...NIGHTLY, name }),
    'drop plan': () => setScheduleState(tx, actor, schedule.id, 'deleted'),
    decide: () => overrideSchedule(tx, actor, other, schedule.id, OFF, 0),
  }
  await verbs[verb]!()
}

const OFF = { form: 'off', times: null } as const

const isRefusal = (error: unknown) =>
  [Conflict, Forbidden, Invalid, NotFound].some((kind) => error instanceof kind)

/** Does it, and returns the id of the operation; null when a rule refused. */
const attempt = (write: () => Promise<number>) =>
  write().catch((error: unknown) => {
    if (isRefusal(error)) return null
    throw error
  })

t.test('whatever was done and taken back, all is as a plain model says', async (t) => {
  const w = await world(t)
  const deeds: Deed[] = []
  const counts = { done: 0, undone: 0, overlapping: 0 }

  async function undo({ on }: Step) {
    const deed = deeds[Math.max(0, deeds.length - 1 - (on % 9))]
    if (!deed) return
    const before = stateOf(w)
    const expected = obstaclesTo(deed, deeds)
    const { obstacles, refusal } = await foreseeUndo(w.db, w.actor, deed.id)
    if (!same(stateOf(w), before)) t.fail('looking at it changed something')
    const named = obstacles.map((obstacle) => obstacle.id)
    // Where nobody touched the same rows, what points at them may still be named.
    if (expected.length > 0 && named.join() !== expected.join()) t.strictSame(named, expected)
    const id = await attempt(() => takeBack(w.db, w.actor, deed.id, null))
    const after = stateOf(w)
    if ((id === null) !== (refusal !== null)) t.fail(`foreseen was: ${refusal}; it came to ${id}`)
    if (id !== null) counts.undone++
    else if (expected.length > 0) counts.overlapping++
    if (id !== null && expected.length > 0) t.fail('taken back in spite of later changes')
    const wanted = id === null ? before : takenBack(before, deed)
    if (!same(after, wanted)) t.strictSame([...after], [...wanted])
    if (id !== null) deeds.push({ id, undoes: deed.id, rows: difference(before, after) })
  }

  async function act(step: Step) {
    const before = stateOf(w)
    const id = await attempt(() =>
      operation(w.db, w.actor, 'test.write', async (tx) => {
        await take(tx, w, step)
        return tx.operation.id
      }),
    )
    const rows = difference(before, stateOf(w))
    if (id === null && rows.size > 0) t.fail('what was refused changed something')
    if (id === null || rows.size === 0) return
    counts.done++
    deeds.push({ id, undoes: null, rows })
  }

  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 16 }), async (steps) => {
      for (const one of steps) await (one.verb === 'undo' ? undo(one) : act(one))
    }),
    { numRuns: Number(process.env.TENANTRY_TEST_ROUNDS ?? 25), endOnFailure: true },
  )
  for (const [what, number] of Object.entries(counts)) t.ok(number > 0, `${number} ${what}`)
})
