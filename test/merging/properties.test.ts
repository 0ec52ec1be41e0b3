import fc from 'fast-check'
import t, { type Test } from 'tap'
import { takeBack } from '../../src/audit/undo.ts'
import { createComputer } from '../../src/computers/commands.ts'
import type { Reads } from '../../src/db/connection.ts'
import { operation, type Tx } from '../../src/db/operation.ts'
import { everyTenant, everyTenantTx } from '../../src/db/scope-guard.ts'
import { Conflict, Forbidden, Invalid, NotFound } from '../../src/errors.ts'
import { createPerson, deletePerson } from '../../src/people/commands.ts'
import { createSchedule, setScheduleState } from '../../src/schedules/commands.ts'
import { findOverride, overrideSchedule } from '../../src/schedules/overriding.ts'
import { findSchedule } from '../../src/schedules/queries.ts'
import { createTag, giveTag } from '../../src/tags/commands.ts'
import { findTag, tagsToGive } from '../../src/tags/queries.ts'
import { createTenant, deleteTenant, updateTenant } from '../../src/tenants/commands.ts'
import {
  type Deed,
  difference,
  obstaclesTo,
  same,
  stateOf,
  takenBack,
} from '../audit/undo-model.ts'
import { PROGRAM } from '../support/any-tenant.ts'
import { anyTenant } from '../support/cast.ts'
import { foresee, merge } from '../support/merging.ts'
import { setAt } from '../support/preferences.ts'
import { readState } from '../support/rows.ts'
import { NIGHTLY, addSchedule, override } from '../support/schedules.ts'
import { ACME, RIVAL, type World, world } from '../support/world.ts'
import { merged, readModel, withoutLostTags } from './model.ts'
import { withoutTagsOutOfReach } from './out-of-reach.ts'

const KEYS = ['agent.check_in_interval_seconds', 'agent.stale_after_days']

/** How often each comes up. */
const OFTEN = {
  create: 2,
  move: 1,
  delete: 1,
  hire: 3,
  fire: 1,
  tag: 2,
  carry: 4,
  buy: 3,
  send: 1,
  set: 2,
  plan: 3,
  decide: 4,
  drop: 1,
  merge: 6,
  undo: 4,
}
const VERBS = Object.entries(OFTEN).flatMap(([verb, times]) => Array<string>(times).fill(verb))

/** One thing to do, on the `on`th of what there is, with the `to`th of what else there is. */
const step = fc.record({
  verb: fc.constantFrom(...VERBS),
  on: fc.nat(),
  to: fc.nat(),
  name: fc.constantFrom('a', 'b', 'c'),
  takes: fc.boolean(),
  keeps: fc.boolean(),
})
type Step = typeof step extends fc.Arbitrary<infer One> ? One : never

async function idsOf(db: Reads, table: 'tenant' | 'computer' | 'schedule') {
  const rows = await everyTenant(db)
    .selectFrom(table as 'tenant')
    .select('id')
    .orderBy('id')
    .execute()
  return rows.map(({ id }) => id)
}

const nth = <Item>(items: Item[], index: number) => items[index % items.length]!

async function take(tx: Tx, { actor }: World, { verb, on, to, name, takes }: Step) {
  const tenants = await idsOf(tx, 'tenant')
  const id = anyTenant(nth(tenants, on))
  const other = anyTenant(nth(tenants, to))
  const people = await everyTenant(tx).selectFrom('person').select(['id', 'tenant_id']).execute()
  const person = people[on % people.length]!
  const computers = await idsOf(tx, 'computer')
  const schedules = await idsOf(tx, 'schedule')
  const owner = people.find(({ tenant_id }) => tenant_id === id)?.id ?? null
  const verbs: Record<string, () => Promise<unknown>> = {
    create: () => createTenant(tx, id, { name, kind: 'location', description: '' }),
    move: () => updateTenant(tx, id, { parent_id: other }),
    delete: () => deleteTenant(tx, PROGRAM, id),
    hire: () => createPerson(tx, actor, id, { name, email: `${name}@x.example`, role_id: null }),
    fire: () => deletePerson(tx, actor, person.id),
    tag: () => createTag(tx, PROGRAM, id, { name, color: 'red', description: '' }),
    carry: () => carry(tx, person, to),
    buy: () => createComputer(tx, id, { ...FACTS, name, primary_person_id: owner }, 'typed'),
    send: () => sendComputer(tx, nth(computers, on), other),
    set: () => setAt(tx, id, nth(KEYS, to), { form: { value: 30 + (on % 90) }, lock: null }),
    plan: () => plan(tx, actor, id, { name, on, to }),
    decide: () => decide(tx, actor, nth(schedules, on), to, takes ? 'off' : 'on'),
    drop: () => setScheduleState(tx, actor, nth(schedules, on) ?? 0, 'deleted'),
  }
  await verbs[verb]!()
}

const FACTS = {
  kind: 'server',
  serial_number: '',
  manufacturer: '',
  model: '',
  hardware_uuid: '',
  operating_system: '',
  time_zone: '',
} as const

/** Gives somebody one of the tags that can be used where they are. */
async function carry(tx: Tx, person: { id: number; tenant_id: number }, to: number) {
  const { path } = await everyTenant(tx)
    .selectFrom('tenant')
    .select('path')
    .where('id', '=', person.tenant_id)
    .executeTakeFirstOrThrow()
  const tags = (await tagsToGive(tx, path, new Set())).toReversed()
  if (tags.length === 0) throw new NotFound('tag')
  const tag = await findTag(tx, PROGRAM, 'person.view', tags[to % tags.length]!.id)
  await giveTag(tx, anyTenant(person.tenant_id), person.id, tag!)
}

/** Makes a schedule for all computers there, or for those that are chosen from them. */
async function plan(
  tx: Tx,
  actor: World['actor'],
  id: number,
  { name, on, to }: Pick<Step, 'name' | 'on' | 'to'>,
) {
  const there = await everyTenant(tx)
    .selectFrom('computer')
    .select('id')
    .where('tenant_id', '=', anyTenant(id))
    .where('state', '<>', 'deleted')
    .execute()
  const computer_ids = on % 2 === 0 ? there.map((computer) => computer.id) : []
  await createSchedule(tx, actor, id, {
    ...NIGHTLY,
    name,
    applies_to_children: to % 4 > 0,
    target: computer_ids.length > 0 ? 'computers' : 'all',
    computer_ids,
  })
}

/** Decides about a schedule at one of the tenants that inherit it, whatever was decided there. */
async function decide(
  tx: Tx,
  actor: World['actor'],
  schedule_id: number,
  to: number,
  form: 'off' | 'on',
) {
  const schedule = await findSchedule(tx, schedule_id ?? 0)
  if (!schedule) throw new NotFound('schedule')
  const below = await everyTenant(tx)
    .selectFrom('tenant')
    .select('id')
    .where('path', '>', schedule.path)
    .where('path', '<', `${schedule.path}:`)
    .orderBy('id')
    .execute()
  if (below.length === 0) throw new NotFound('tenant')
  const { id } = nth(below, to)
  const present = await findOverride(tx, actor, id, schedule_id)
  const version = present?.version ?? 0
  await overrideSchedule(tx, actor, id, schedule_id, { form, times: null }, version)
}

/** As its batch does: whoever it was for stays behind. */
async function sendComputer(tx: Tx, id: number, tenant_id: ReturnType<typeof anyTenant>) {
  if (tenant_id === 1 || !id) throw new NotFound('computer')
  await everyTenantTx(tx)
    .updateTable('computer')
    .set({ tenant_id, primary_person_id: null })
    .where('id', '=', id)
    .execute()
}

const isRefusal = (error: unknown) =>
  [Conflict, Forbidden, Invalid, NotFound].some((kind) => error instanceof kind)

/** Does it, and returns the id of the operation; null when a rule refused. */
const attempt = (write: () => Promise<number>) =>
  write().catch((error: unknown) => {
    if (isRefusal(error)) return null
    throw error
  })

/** Of each conflict the source's, or what is usual. */
async function choose(w: World, source: number, destination: number, takes: boolean) {
  if (!takes) return {}
  const { conflicts } = await foresee(w, [source], destination)
  return Object.fromEntries(conflicts.map(({ id }) => [id, 'source']))
}

type Counts = Record<'done' | 'merged' | 'planned' | 'decided' | 'undone' | 'obstructed', number>

/** What was done so far, and the ways to do more. */
function player(t: Test, w: World, counts: Counts) {
  const deeds: Deed[] = []

  async function note(write: () => Promise<number>) {
    const before = stateOf(w)
    const id = await attempt(write)
    const rows = difference(before, stateOf(w))
    if (id === null && rows.size > 0) t.fail('what was refused changed something')
    if (id !== null && rows.size > 0) deeds.push({ id, undoes: null, rows })
    return id
  }

  const act = async (one: Step) => {
    const id = await note(() =>
      operation(w.db, w.actor, 'test.write', async (tx) => {
        await take(tx, w, one)
        return tx.operation.id
      }),
    )
    if (id !== null) counts.done++
  }

  async function mergeOne({ on, to, takes, keeps }: Step) {
    const tenants = await idsOf(w.db, 'tenant')
    const [source, destination] = [nth(tenants, on), nth(tenants, to)]
    const before = readModel(w)
    const exact = readState(w.db)
    const id = await note(async () => {
      const choices = await choose(w, source, destination, takes)
      const fate = keeps ? 'keep' : 'delete'
      return (await merge(w, [source], destination, { fate, choices })).operation_id
    })
    if (id === null) return
    counts.merged++
    counts.planned += before.schedules.size
    counts.decided += before.decisions.size
    const start = withoutLostTags(before, source, destination)
    t.strictSame(readModel(w), merged(start, source, destination, { takes, keeps }))
    if (takes) return
    const undo = await takeBack(w.db, w.actor, id, null)
    t.strictSame(readState(w.db), exact, 'at once, an undo gives back all')
    await takeBack(w.db, w.actor, undo, null)
    t.strictSame(readModel(w), merged(start, source, destination, { takes, keeps }), 'and a redo')
  }

  async function undo({ on }: Step) {
    const deed = deeds[Math.max(0, deeds.length - 1 - (on % 9))]
    if (!deed) return
    const before = stateOf(w)
    const id = await attempt(() => takeBack(w.db, w.actor, deed.id, null))
    const after = stateOf(w)
    if (id === null) counts.obstructed++
    else counts.undone++
    if (id !== null && obstaclesTo(deed, deeds).length > 0)
      t.fail('taken back in spite of later changes')
    const wanted = id === null ? before : withoutTagsOutOfReach(takenBack(before, deed))
    if (!same(after, wanted)) t.strictSame([...after], [...wanted])
    if (id !== null) deeds.push({ id, undoes: deed.id, rows: difference(before, after) })
  }

  return (one: Step) =>
    one.verb === 'undo' ? undo(one) : one.verb === 'merge' ? mergeOne(one) : act(one)
}

/** A world in which two tenants have decided about a schedule that they inherit. */
async function begin(t: Test) {
  const w = await world(t)
  const id = await addSchedule(w, 1)
  await override(w, ACME, id, 'off')
  await override(w, RIVAL, id, 'on')
  return w
}

t.test('nothing is lost or doubled by merges, and undo gives back what was', async (t) => {
  const counts: Counts = {
    done: 0,
    merged: 0,
    planned: 0,
    decided: 0,
    undone: 0,
    obstructed: 0,
  }
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 40 }), async (steps) => {
      const play = player(t, await begin(t), counts)
      for (const one of steps) await play(one)
      return t.passing()
    }),
    { numRuns: Number(process.env.TENANTRY_TEST_ROUNDS ?? 12), endOnFailure: true },
  )
  for (const [what, number] of Object.entries(counts)) t.ok(number > 0, `${number} ${what}`)
})
