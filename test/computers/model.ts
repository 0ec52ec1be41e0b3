import fc from 'fast-check'
import type { GroupFilter } from '../../src/computers/groups/filter.ts'
import { operation } from '../../src/db/operation.ts'
import { everyTenant, everyTenantTx } from '../../src/db/scope-guard.ts'
import { addCast } from '../support/cast.ts'
import { addComputer, sync } from '../support/computers.ts'
import { makeTag, tagIt } from '../support/tags.ts'
import { ACME, ACME_LEEDS, ACME_LEGAL, RIVAL, START, type World } from '../support/world.ts'

// A plain model of what computers are asked for: every one of them is looked at by itself.

const PARENTS: Record<number, number> = {
  [ACME]: 1,
  [RIVAL]: 1,
  [ACME_LEEDS]: ACME,
  [ACME_LEGAL]: ACME_LEEDS,
}
export const PLACES = [ACME, ACME_LEEDS, ACME_LEGAL, RIVAL]

const WORDS = ['Till', 'Office', 'Depot till', 'Q']
const SERIALS = ['', 'SN-Till', 'Q9']
const SYSTEMS = ['Windows 11 Pro', 'Ubuntu 24.04', 'Toaster OS'] as const
const DAY = 86_400_000
const seenAgo = (days: number) => new Date(Date.parse(START) - days * DAY).toISOString()

export type Machine = Awaited<ReturnType<typeof readMachines>>[number]

/** The tags that `fill` makes: one that a few were given, and one that covers Leeds and all below. */
const TAGS = { few: 1, leeds: 2 }
const FEW = [2, 9, 16, 23, 30]

async function giveTags(w: World) {
  const few = await makeTag(w, 1, 'Few')
  for (const computer of FEW) await tagIt(w, few, { computer })
  await tagIt(w, await makeTag(w, 1, 'Leeds'), { tenant: ACME_LEEDS, covers: true })
}

const carries = ({ id, tenant_id }: Machine, tag: number) =>
  tag === TAGS.few ? FEW.includes(id) : isAtOrBelow(tenant_id, ACME_LEEDS)

/** Computers of every kind, in every state, with people and without. */
export async function fill(w: World) {
  await addCast(w)
  let number = 0
  for (const tenant_id of PLACES)
    for (const name of WORDS) {
      const index = number++
      const kind = (['server', 'workstation', 'portable'] as const)[index % 3]!
      const id = await addComputer(w, tenant_id, {
        name: `${name} ${index}`,
        kind,
        serial_number: SERIALS[index % 3]!,
        operating_system: SYSTEMS[index % 3]!,
        ...(tenant_id === ACME && index % 2 === 0 && { person: 'Bob Technician' }),
      })
      if (index % 4 === 1) await w.api.patch(`/computers/${id}`, { state: 'excluded' })
      if (index % 5 === 4) await w.api.delete(`/computers/${id}`)
      await sync(w, [
        {
          external_key: String(index),
          tenant_id,
          name: `Reported ${name}`,
          operating_system: SYSTEMS[(index + 1) % 3]!,
          last_seen_at: index % 4 === 3 ? '' : seenAgo(index % 40),
        },
      ])
    }
  await giveTags(w)
}

/** Nobody has heard of every seventh for long. */
export const letSomeGoStale = (w: World) =>
  operation(w.db, w.actor, 'test.stale', (tx) =>
    everyTenantTx(tx)
      .updateTable('computer')
      .set({ stale: 1 })
      .where('id', 'in', [3, 10, 17, 24, 31])
      .execute(),
  )

export const readMachines = (w: World) =>
  everyTenant(w.db)
    .selectFrom('computer')
    .leftJoin('person', 'person.id', 'computer.primary_person_id')
    .select(['computer.id', 'computer.tenant_id', 'computer.name', 'computer.serial_number'])
    .select(['computer.kind', 'computer.platform', 'computer.tab', 'computer.state'])
    .select(['computer.last_seen_at', 'person.name as person'])
    .execute()

export function isAtOrBelow(tenant: number, top: number): boolean {
  return tenant === top || (tenant !== 1 && isAtOrBelow(PARENTS[tenant]!, top))
}

const AGES = { day: 1, week: 7, month: 30, not_week: 7, not_month: 30, never: 0 }

function wasSeen({ last_seen_at }: Machine, seen: GroupFilter['seen']) {
  if (seen === null) return true
  if (seen === 'never') return last_seen_at === ''
  const is_within = last_seen_at !== '' && last_seen_at >= seenAgo(AGES[seen])
  return seen.startsWith('not_') ? !is_within : is_within
}

function contains({ name, serial_number, person }: Machine, q: string) {
  if (q === '') return true
  const text = q.toLowerCase()
  if (text.length < 3) return name.toLowerCase().startsWith(text)
  return `${name} ${serial_number} ${person ?? ''}`.toLowerCase().includes(text)
}

/** The rule as a person would say it. */
export const isMember = (machine: Machine, owner: number, filter: GroupFilter) =>
  machine.state !== 'deleted' &&
  isAtOrBelow(machine.tenant_id, owner) &&
  (filter.state === 'present' || machine.tab === filter.state) &&
  (filter.tenant_id === null ||
    (filter.without_children
      ? machine.tenant_id === filter.tenant_id
      : isAtOrBelow(machine.tenant_id, filter.tenant_id))) &&
  (filter.kind === null || machine.kind === filter.kind) &&
  (filter.platform === null || machine.platform === filter.platform) &&
  (filter.maintenance === null ||
    (filter.maintenance === 'excluded') === (machine.state === 'excluded')) &&
  (filter.tag_id === null || carries(machine, filter.tag_id)) &&
  wasSeen(machine, filter.seen) &&
  contains(machine, filter.q)

/** Half of the time nothing is asked, so that not everything asks for too much. */
const maybe = <Value>(values: readonly Value[]) =>
  fc.option(fc.constantFrom(...values), { nil: null })

export const filters: fc.Arbitrary<GroupFilter> = fc.record({
  state: fc.constantFrom('present', 'present', 'active', 'new', 'stale'),
  q: fc.constantFrom('', '', '', 'till', 'q', 'technician', 'sn-till bob', 'reported', 'zzz'),
  tenant_id: maybe(PLACES),
  without_children: fc.boolean(),
  tag_id: maybe([TAGS.few, TAGS.leeds]),
  kind: maybe(['server', 'workstation', 'portable']),
  platform: maybe(['windows', 'macos', 'linux', 'other']),
  seen: maybe(['day', 'week', 'month', 'not_week', 'not_month', 'never']),
  maintenance: maybe(['included', 'excluded']),
})
