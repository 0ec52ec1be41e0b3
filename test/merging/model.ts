import { readState } from '../support/rows.ts'
import type { World } from '../support/world.ts'

type Row = Record<string, string | number | null>

/** What there is, plainly: who and what is where, and what points at what. */
export type Model = {
  tenants: Map<number, number>
  computers: Map<number, { at: number; person: number | null }>
  people: Map<number, { at: number; email: string }>
  tags: Map<number, { at: number; name: string }>
  /** `person tag`. */
  carried: Set<string>
  /** `tenant key` to its value. */
  entries: Map<string, string>
  schedules: Map<number, { at: number; for_children: boolean }>
  /** `schedule computer`: chosen one by one. */
  chosen: Set<string>
  /** `tenant schedule`: what a tenant decides about a schedule that it inherits. */
  decisions: Map<string, string>
}

/** The model of what lies in the database. */
export function readModel({ db }: World): Model {
  const state = readState(db) as Record<string, Row[]>
  const byId = <Value>(table: string, value: (row: Row) => Value) =>
    new Map(state[table]!.map((row) => [Number(row['id']), value(row)]))
  return {
    tenants: byId('tenant', (row) => Number(row['parent_id'])),
    computers: byId('computer', (row) => ({
      at: Number(row['tenant_id']),
      person: row['primary_person_id'] as number | null,
    })),
    people: byId('person', (row) => ({
      at: Number(row['tenant_id']),
      email: String(row['email_key']),
    })),
    tags: byId('tag', (row) => ({ at: Number(row['tenant_id']), name: String(row['name_key']) })),
    carried: new Set(state['person_tag']!.map((row) => `${row['person_id']} ${row['tag_id']}`)),
    entries: new Map(
      state['preference_entry']!.map((row) => [
        `${row['tenant_id']} ${row['key']}`,
        String(row['value']),
      ]),
    ),
    schedules: byId('schedule', (row) => ({
      at: Number(row['tenant_id']),
      for_children: row['applies_to_children'] === 1,
    })),
    chosen: new Set(
      state['schedule_computer']!.map((row) => `${row['schedule_id']} ${row['computer_id']}`),
    ),
    decisions: new Map(
      state['schedule_override']!.map((row) => [
        `${row['tenant_id']} ${row['schedule_id']}`,
        String(row['form']),
      ]),
    ),
  }
}

/** What a source's things become, one after the other: slow, and obviously right. */
export function merged(
  before: Model,
  source: number,
  destination: number,
  { takes, keeps }: { takes: boolean; keeps: boolean },
): Model {
  const after = structuredClone(before)
  const renamed = (from: number, to: number, part: 0 | 1) => {
    after.carried = new Set(
      [...after.carried].map((pair) => {
        const ids = pair.split(' ').map(Number)
        if (ids[part] === from) ids[part] = to
        return ids.join(' ')
      }),
    )
  }
  for (const [id, tag] of before.tags) {
    if (tag.at !== source) continue
    const twin = [...before.tags].find(([, one]) => one.at === destination && one.name === tag.name)
    if (twin) {
      renamed(id, twin[0], 1)
      after.tags.delete(id)
    } else after.tags.get(id)!.at = destination
  }
  for (const [id, person] of before.people) {
    if (person.at !== source) continue
    const twin = [...before.people].find(
      ([, one]) => one.at === destination && one.email === person.email,
    )
    const [survivor, loser] = !twin ? [id] : takes ? [id, twin[0]] : [twin[0], id]
    after.people.get(survivor)!.at = destination
    if (loser === undefined) continue
    renamed(loser, survivor, 0)
    after.people.delete(loser)
    for (const computer of after.computers.values())
      if (computer.person === loser) computer.person = survivor
  }
  for (const computer of after.computers.values())
    if (computer.at === source) computer.at = destination
  for (const [id, parent] of before.tenants)
    if (parent === source) after.tenants.set(id, destination)
  if (!keeps) after.tenants.delete(source)
  for (const [place, value] of before.entries) {
    const [at, key] = place.split(' ')
    if (Number(at) !== source) continue
    after.entries.delete(place)
    if (takes) after.entries.set(`${destination} ${key}`, value)
  }
  mergeSchedules(before, after, source, destination, takes)
  return after
}

/** Schedules go along; what is decided of others ends, or comes to hold where they are inherited. */
function mergeSchedules(
  before: Model,
  after: Model,
  source: number,
  destination: number,
  takes: boolean,
) {
  for (const schedule of after.schedules.values())
    if (schedule.at === source) schedule.at = destination
  for (const [place, form] of before.decisions) {
    const [at, id] = place.split(' ').map(Number)
    const { at: owner, for_children } = before.schedules.get(id!)!
    if (at === source || (at === destination && owner === source)) after.decisions.delete(place)
    const is_inherited =
      for_children && owner !== source && above(before, destination).slice(0, -1).includes(owner)
    if (at === source && takes && is_inherited) after.decisions.set(`${destination} ${id}`, form)
  }
}

/** A tenant and all above it, from the root down. */
const above = (model: Model, id: number): number[] =>
  id > 1 ? [...above(model, model.tenants.get(id)!), id] : [id]

/** Off people, at and below a tenant, come the tags that were made above it, but not above `to`. */
export function withoutLostTags(before: Model, source: number, to: number): Model {
  const lost = new Set(above(before, source).slice(0, -1))
  for (const id of above(before, to)) lost.delete(id)
  const after = structuredClone(before)
  after.carried = new Set(
    [...before.carried].filter((pair) => {
      const [person, tag] = pair.split(' ').map(Number)
      const is_below = above(before, before.people.get(person!)!.at).includes(source)
      return !(is_below && lost.has(before.tags.get(tag!)!.at))
    }),
  )
  return after
}
