import fc from 'fast-check'
import t from 'tap'
import { operation } from '../../src/db/operation.ts'
import { setScheduleState, updateSchedule } from '../../src/schedules/commands.ts'
import type { Standing } from '../../src/schedules/inheritance.ts'
import { overrideSchedule } from '../../src/schedules/overriding.ts'
import { findSchedule } from '../../src/schedules/queries.ts'
import { nearest, regionsOf } from '../../src/schedules/regions.ts'
import { listStanding } from '../../src/schedules/standing.ts'
import { anyTenant } from '../support/any-tenant.ts'
import { NIGHTLY, addSchedule } from '../support/schedules.ts'
import { ACME, ACME_LEEDS, ACME_LEGAL, type World, world } from '../support/world.ts'

/** What a tenant says about the schedule of Acme. */
type Decision = { blocks: boolean; form: 'none' | 'off' | 'on' | 'own' }

const decision = fc.record({
  blocks: fc.constantFrom(true, false, false, false),
  form: fc.constantFrom(
    'none' as const,
    'none' as const,
    'off' as const,
    'on' as const,
    'own' as const,
  ),
})

const cases = fc.record({
  reach: fc.constantFrom('open' as const, 'open' as const, 'locked' as const, 'alone' as const),
  decisions: fc.array(decision, { minLength: 4, maxLength: 4 }),
})

/** Below Acme: Leeds, with York with a kiosk, and with Legal; each with what is above it. */
async function branch({ api }: World) {
  const below = async (name: string, parent_id: number) =>
    Number((await api.post('/tenants', { name, parent_id, kind: 'location' })).json().id)
  const york = await below('York', ACME_LEEDS)
  const kiosk = await below('Kiosk', york)
  return [
    { id: ACME_LEEDS, above: [] },
    { id: york, above: [0] },
    { id: kiosk, above: [0, 1] },
    { id: ACME_LEGAL, above: [0] },
  ] as { id: number; above: number[] }[]
}

/** How it stands, said as plainly as can be: by looking at all decisions from the top down. */
function plainly(reach: string, decisions: Decision[]) {
  if (reach === 'alone') return null
  if (reach === 'locked') return 'on'
  if (decisions.some(({ blocks }) => blocks)) return 'blocked'
  return decisions.findLast(({ form }) => form !== 'none')?.form ?? 'on'
}

/** Makes the tenants decide about a schedule, and then sets how far it reaches. */
async function arrange(
  { db, actor, api }: World,
  tenants: { id: number }[],
  { reach, decisions }: { reach: string; decisions: Decision[] },
  id: number,
) {
  const block = (index: number, blocks_inheritance: boolean) =>
    api.patch(`/tenants/${tenants[index]!.id}`, { blocks_inheritance })
  for (const index of decisions.keys()) await block(index, false)
  for (const [index, { form }] of decisions.entries()) {
    const tenant = tenants[index]!.id
    if (form === 'none') continue
    const input = form === 'own' ? { form, times: NIGHTLY } : { form, times: null }
    await operation(db, actor, 'schedule.override', (tx) =>
      overrideSchedule(tx, actor, tenant, id, input, 0),
    )
  }
  for (const [index, { blocks }] of decisions.entries()) await block(index, blocks)
  const input = { ...NIGHTLY, name: `Case ${id}`, applies_to_children: reach !== 'alone' }
  await operation(db, actor, 'schedule.update', (tx) =>
    updateSchedule(tx, actor, id, { ...input, locked: reach === 'locked' }, 1),
  )
}

t.test(
  'a schedule stands everywhere as its decisions say, read by tenant or by region',
  async (t) => {
    const w = await world(t)
    const tenants = await branch(w)
    await fc.assert(
      fc.asyncProperty(cases, async (given) => {
        const id = await addSchedule(w, ACME)
        await arrange(w, tenants, given, id)
        const schedule = (await findSchedule(w.db, id))!
        const regions = await regionsOf(w.db, schedule)
        const byPath = new Map(regions.map(({ path, standing }) => [path, standing]))
        for (const [index, { id: tenant, above }] of tenants.entries()) {
          const on_the_way = [...above, index].map((at) => given.decisions[at]!)
          const listed = await listStanding(w.db, anyTenant(tenant))
          const found = listed.find((one) => one.id === id)
          const expected = plainly(given.reach, on_the_way)
          t.equal(found ? sayOf(found.standing) : null, expected)
          if (!found) continue
          const path = `${schedule.path}${[...above, index].map((at) => `${tenants[at]!.id}/`).join('')}`
          t.same(nearest(byPath, path), found.standing)
        }
        await operation(w.db, w.actor, 'schedule.delete', (tx) =>
          setScheduleState(tx, w.actor, id, 'deleted'),
        )
      }),
      { numRuns: 25, endOnFailure: true },
    )
  },
)

const sayOf = ({ effect, times_of }: Standing) => (times_of === 0 ? effect : 'own')
