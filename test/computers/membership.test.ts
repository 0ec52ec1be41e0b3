import fc from 'fast-check'
import t from 'tap'
import { createGroup } from '../../src/computers/groups/commands.ts'
import { EVERY_COMPUTER, type GroupFilter } from '../../src/computers/groups/filter.ts'
import { pageOfMembers } from '../../src/computers/groups/resource.ts'
import { inTarget } from '../../src/computers/target.ts'
import { operation } from '../../src/db/operation.ts'
import { everyTenant } from '../../src/db/scope-guard.ts'
import { makeTag, tagIt } from '../support/tags.ts'
import { ACME, ACME_LEEDS, type World, world } from '../support/world.ts'
import {
  PLACES,
  fill,
  filters,
  isAtOrBelow,
  isMember,
  letSomeGoStale,
  readMachines,
} from './model.ts'

// Members of groups, and what targets are for, against a plain model.

t.test('the members of a group are those that a plain reading of its filter says', async (t) => {
  const w = await world(t)
  await fill(w)
  await letSomeGoStale(w)
  const machines = await readMachines(w)
  let number = 0
  let met = 0
  await fc.assert(
    fc.asyncProperty(filters, fc.constantFrom(1, ...PLACES), async (wanted, owner) => {
      const is_below = wanted.tenant_id === null || isAtOrBelow(wanted.tenant_id, owner)
      const filter = is_below ? wanted : { ...wanted, tenant_id: null }
      const id = await operation(w.db, w.actor, 'test.group', (tx) =>
        createGroup(tx, w.actor, owner, { name: `Group ${number++}`, description: '', filter }),
      )
      const { computers } = await pageOfMembers(w.db, w.actor, id, { limit: 200 })
      const expected = machines.filter((machine) => isMember(machine, owner, filter))
      met += expected.length
      t.same(new Set(computers.map((one) => one.id)), new Set(expected.map((one) => one.id)))
    }),
    {
      numRuns: 150,
      examples: [
        [EVERY_COMPUTER, 1],
        [{ ...EVERY_COMPUTER, q: 'sn-till bob' }, ACME],
      ],
    },
  )
  t.ok(met > 0, `${met} members in all`)
})

const kinds = { servers: 'server', workstations: 'workstation', portables: 'portable' } as const

const limits = fc.constantFrom(null, 'servers', 'workstations', 'portables')

type Aim = Parameters<typeof inTarget>[1]

/** The computers that an aim is for, by its condition alone. */
async function aimedAt({ db }: World, aim: Aim) {
  const { condition } = await inTarget(db, aim, db.now())
  const found = await everyTenant(db).selectFrom('computer').select('id').where(condition).execute()
  return new Set(found.map(({ id }) => id))
}

let made = 0
const addGroup = ({ db, actor }: World, owner: number, filter: GroupFilter) =>
  operation(db, actor, 'test.group', (tx) =>
    createGroup(tx, actor, owner, { name: `Target ${made++}`, description: '', filter }),
  )

t.test('a target is for those of the group that are where it applies', async (t) => {
  const w = await world(t)
  await fill(w)
  const machines = await readMachines(w)
  const places = fc.constantFrom(1, ...PLACES)
  await fc.assert(
    fc.asyncProperty(
      filters,
      places,
      limits,
      fc.boolean(),
      async (wanted, tenant_id, limit, below) => {
        const group_id = await addGroup(w, 1, wanted)
        const aim = { filter: limit, tenant_id, applies_to_children: below }
        const is_placed = (place: number) =>
          below ? isAtOrBelow(place, tenant_id) : place === tenant_id
        const expected = machines
          .filter((machine) => isMember(machine, 1, wanted) && is_placed(machine.tenant_id))
          .filter(({ kind }) => limit === null || kind === kinds[limit])
        const found = await aimedAt(w, { target: { kind: 'group', group_id }, ...aim })
        t.same(found, new Set(expected.map(({ id }) => id)))
      },
    ),
    { numRuns: 100 },
  )
})

const everywhere = { filter: null, tenant_id: 1, applies_to_children: true }

t.test(
  'a target is for all, for what carries a tag, or for a few, but never deleted ones',
  async (t) => {
    const w = await world(t)
    await fill(w)
    const machines = await readMachines(w)
    const there = machines.filter(({ state }) => state !== 'deleted')
    const ids = (some: typeof machines) => new Set(some.map(({ id }) => id))
    t.same(await aimedAt(w, { target: { kind: 'all' }, ...everywhere }), ids(there))
    const computer_ids = machines.slice(0, 9).map(({ id }) => id)
    const few = there.filter(({ id }) => computer_ids.includes(id))
    t.same(
      await aimedAt(w, { target: { kind: 'computer', computer_ids }, ...everywhere }),
      ids(few),
    )
    const { id: tag_id, ...tag } = await makeTag(w, ACME, 'Tills')
    await tagIt(w, { id: tag_id, ...tag }, { tenant: ACME_LEEDS })
    const leeds = there.filter(({ tenant_id }) => tenant_id === ACME_LEEDS)
    t.same(await aimedAt(w, { target: { kind: 'tag', tag_id }, ...everywhere }), ids(leeds))
  },
)

t.test('a target that is gone is for nothing, and says so', async (t) => {
  const w = await world(t)
  await fill(w)
  for (const target of [
    { kind: 'tag', tag_id: 99 },
    { kind: 'group', group_id: 99 },
  ] as const) {
    t.equal((await aimedAt(w, { target, ...everywhere })).size, 0)
    t.match((await inTarget(w.db, { target, ...everywhere }, w.db.now())).problem, /deleted/)
  }
})

t.test('T7: the condition of a target alone confines no query', async (t) => {
  const { db } = await world(t)
  const aim = { ...everywhere, tenant_id: ACME_LEEDS, target: { kind: 'all' } } as const
  const { condition } = await inTarget(db, aim, db.now())
  const open = db.selectFrom('computer').select('id').where(condition)
  await t.rejects(async () => open.execute(), /nothing confines "computer"/)
})
