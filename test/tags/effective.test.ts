import { deepStrictEqual as equal } from 'node:assert'
import fc from 'fast-check'
import t from 'tap'
import { everyTenant } from '../../src/db/scope-guard.ts'
import { computerCarriesTag, computersCarrying, tenantCarriesTag } from '../../src/db/tag-cover.ts'
import { operation } from '../../src/db/operation.ts'
import { tagsOfComputers, tagsOfTenants } from '../../src/tags/effective.ts'
import { createTenant } from '../../src/tenants/commands.ts'
import { anyTenant } from '../support/any-tenant.ts'
import { addComputer } from '../support/computers.ts'
import { personRow } from '../support/person.ts'
import { makeTag, tagIt } from '../support/tags.ts'
import { ACME, type World, world } from '../support/world.ts'

/** A small world: for each new tenant its parent among those before it, and who carries which tag. */
const situations = fc.record({
  parents: fc.array(fc.nat(), { minLength: 1, maxLength: 6 }),
  computers: fc.array(fc.record({ tenant: fc.nat(), has_person: fc.boolean() }), {
    minLength: 1,
    maxLength: 5,
  }),
  on_computers: fc.array(fc.record({ computer: fc.nat(), tag: fc.nat() }), { maxLength: 4 }),
  on_people: fc.array(fc.record({ computer: fc.nat(), tag: fc.nat() }), { maxLength: 3 }),
  on_tenants: fc.array(fc.record({ tenant: fc.nat(), tag: fc.nat(), covers: fc.boolean() }), {
    maxLength: 6,
  }),
})

type Situation = typeof situations extends fc.Arbitrary<infer Value> ? Value : never

type Built = {
  /** By id: the parent, and which tags are on it, with whether they are passed on. */
  tenants: Map<number, { parent: number | null; tags: Map<number, boolean> }>
  computers: Map<number, { tenant: number; tags: Set<number>; persons: Set<number> }>
  tags: number[]
}

/** What a computer carries, by climbing: slow, and as the guide says it. */
function modelOf({ tenants, computers }: Built, id: number) {
  const { tenant, tags, persons } = computers.get(id)!
  return new Set([...tags, ...persons, ...ofTenant(tenants, tenant)])
}

function ofTenant(tenants: Built['tenants'], id: number) {
  const carried = new Set(tenants.get(id)!.tags.keys())
  for (let at = tenants.get(id)!.parent; at !== null; at = tenants.get(at)!.parent)
    for (const [tag, covers] of tenants.get(at)!.tags) if (covers) carried.add(tag)
  return carried
}

const pick = <Item>(items: Item[], place: number) => items[place % items.length]!

async function build(w: World, situation: Situation): Promise<Built> {
  const { db, actor } = w
  const tenants: Built['tenants'] = new Map([
    [1, { parent: null, tags: new Map() }],
    [ACME, { parent: 1, tags: new Map() }],
  ])
  for (const place of situation.parents) {
    const parent = pick([...tenants.keys()].slice(1), place)
    const input = { name: `T${tenants.size}`, kind: 'client', description: '' } as const
    const id = await operation(db, actor, 'test', (tx) =>
      createTenant(tx, anyTenant(parent), input),
    )
    tenants.set(id, { parent, tags: new Map() })
  }
  const computers: Built['computers'] = new Map()
  const people = new Map<number, number>()
  for (const { tenant, has_person } of situation.computers) {
    const at = pick([...tenants.keys()].slice(1), tenant)
    const person = has_person ? await addPerson(w, at) : null
    const id = await addComputer(w, at, {
      name: `PC ${computers.size}`,
      ...(person && { person: person.email }),
    })
    if (person) people.set(id, person.id)
    computers.set(id, { tenant: at, tags: new Set(), persons: new Set() })
  }
  const tags = [await makeTag(w, 1, 'A'), await makeTag(w, 1, 'B')]
  const all = [...computers.keys()]
  for (const { computer, tag } of situation.on_computers) {
    await tagIt(w, pick(tags, tag), { computer: pick(all, computer) })
    computers.get(pick(all, computer))!.tags.add(pick(tags, tag).id)
  }
  for (const { computer, tag } of situation.on_people) {
    const person = people.get(pick(all, computer))
    if (person === undefined) continue
    await tagIt(w, pick(tags, tag), { person })
    computers.get(pick(all, computer))!.persons.add(pick(tags, tag).id)
  }
  for (const { tenant, tag, covers } of situation.on_tenants) {
    const at = pick([...tenants.keys()], tenant)
    await tagIt(w, pick(tags, tag), { tenant: at, covers })
    tenants.get(at)!.tags.set(pick(tags, tag).id, covers)
  }
  return { tenants, computers, tags: tags.map(({ id }) => id) }
}

let people = 0

function addPerson({ db, actor }: World, tenant_id: number) {
  const email = `p${++people}@x.example`
  return operation(db, actor, 'test', async (tx) => {
    const row = personRow(anyTenant(tenant_id), `P${people}`, email)
    const { id } = await tx
      .insertInto('person')
      .values(row)
      .returning('id')
      .executeTakeFirstOrThrow()
    return { id, email }
  })
}

const sorted = (ids: Iterable<number>) => [...ids].sort((one, other) => one - other)

/** Compares every way in which it is asked who carries a tag with the model. */
async function compare({ db, actor }: World, built: Built) {
  const everywhere = everyTenant(db)
  const computers = [...built.computers].map(([id, { tenant }]) => ({ id, tenant_id: tenant }))
  const carried = await tagsOfComputers(db, actor, computers)
  for (const computer of computers)
    equal(sorted(carried(computer).map(({ id }) => id)), sorted(modelOf(built, computer.id)))
  const ofTenants = await tagsOfTenants(
    db,
    actor,
    [...built.tenants.keys()].map((id) => ({ id })),
  )
  for (const tag of built.tags) {
    const wanted = [...built.computers.keys()].filter((id) => modelOf(built, id).has(tag))
    const found = await everywhere
      .selectFrom('computer')
      .select('id')
      .where(computerCarriesTag(tag))
      .execute()
    equal(sorted(found.map(({ id }) => id)), sorted(wanted))
    const listed = await computersCarrying(db, tag, 1000).execute()
    equal(sorted(new Set(listed.map(({ id }) => id))), sorted(wanted))
    const tenants = await everywhere
      .selectFrom('tenant')
      .select('id')
      .where(tenantCarriesTag(tag))
      .execute()
    const carrying = [...built.tenants.keys()].filter((id) => ofTenant(built.tenants, id).has(tag))
    equal(
      sorted(tenants.map(({ id }) => id)).filter((id) => built.tenants.has(id)),
      sorted(carrying),
    )
    equal(
      [...built.tenants.keys()].filter((id) => ofTenants(id).some((one) => one.id === tag)),
      carrying,
    )
  }
}

t.test('a computer carries what is on it, on its tenants, and on its person', async (t) => {
  const property = fc.asyncProperty(situations, async (situation) => {
    const w = await world(t)
    await compare(w, await build(w, situation))
  })
  await fc.assert(property, { numRuns: 20 })
  t.pass('20 trees')
})
