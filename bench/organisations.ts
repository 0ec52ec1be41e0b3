import type { TenantKind } from '../src/tenants/kinds.ts'
import { nameKey, slugFrom, sortKey } from '../src/tenants/names.ts'

/** An imaginary tenant; `parent` is its parent's number, null for a client. */
export type Organisation = {
  number: number
  parent: number | null
  /** 1 for a client. */
  depth: number
  kind: TenantKind
  name: string
  slug: string
  description: string
}

const FIRST = [
  'Ashford',
  'Brightwater',
  'Cornerstone',
  'Dubois',
  'Edelweiß',
  'Fjellheim',
  'Greenwich',
  'Horáček',
  'Ibáñez',
  'Järvinen',
  'Kowhai',
  'Lefèvre',
  'Maple',
  'Nordlicht',
  'Øresund',
  'Penhaligon',
  'Quarry Hill',
  'Ridgeway',
  'Sakura',
  'Tremblay',
  'Uplands',
  'Vanderbilt',
  'Wiśniewski',
  'Yıldız',
  'Zürcher',
]
const TRADES = [
  'Dental Group',
  'Solicitors',
  'Logistics',
  'Engineering',
  'Credit Union',
  'Schools',
  'Veterinary',
  'Print Works',
  'Insurance',
  'Hotels',
  'Bakeries',
  'Construction',
]
const CITIES = [
  'Bristol',
  'Kraków',
  'Lyon',
  'Malmö',
  'Kiel',
  'Valencia',
  'Tampere',
  'Leeds',
  'Québec',
  'Bologna',
  'Haarlem',
  'Galway',
]
const TEAMS = ['Finance', 'Sales', 'Support', 'Workshop', 'Legal', 'Research', 'Reception']

/** What is below a client, level by level: kind, how many under each parent, and their names. */
const LEVELS: { kind: TenantKind; least: number; most: number; names: string[] }[] = [
  { kind: 'division', least: 1, most: 3, names: ['North', 'South', 'Overseas'] },
  { kind: 'branch_office', least: 1, most: 4, names: CITIES },
  { kind: 'location', least: 0, most: 3, names: ['Main building', 'Annex', 'Warehouse'] },
  { kind: 'department', least: 0, most: 2, names: TEAMS },
  { kind: 'department', least: 0, most: 2, names: ['Day shift', 'Night shift'] },
]

/**
 * Ever more clients, each with some thirty tenants below it, down to depth 6; parents before
 * children. Always the same ones, so that runs can be compared.
 */
export function* organisations(): Generator<Organisation, never> {
  const chance = chanceFrom(1)
  let count = 0
  const organisation = (facts: Omit<Organisation, 'number' | 'slug'>): Organisation => {
    const number = ++count
    return { ...facts, number, slug: `${slugFrom(facts.name)}-${number}` }
  }
  for (let client_number = 0; ; client_number++) {
    const name = `${pick(FIRST, client_number)} ${pick(TRADES, client_number * 7)} ${client_number + 1}`
    const description = `Customer since ${1990 + (client_number % 35)}, looked after by team ${client_number % 9}`
    const client = organisation({ parent: null, depth: 1, kind: 'client', name, description })
    yield client
    let parents = [client]
    for (const { kind, least, most, names } of LEVELS) {
      const children: Organisation[] = []
      for (const { number: parent, depth } of parents) {
        // The very first client has every level, whatever chance says.
        const size = Math.max(least + chance(most - least + 1), client_number === 0 ? 1 : 0)
        for (let index = 0; index < size; index++) {
          const name = pick(names, parent + index)
          const child = organisation({ parent, depth: depth + 1, kind, name, description: '' })
          children.push(child)
          yield child
        }
      }
      parents = children
    }
  }
}

/** What the table of tenants has of an organisation, whose ids begin after `offset`. */
export const toTenantRow = (
  { number, parent, kind, name, slug, description }: Organisation,
  offset: number,
  root_id: number,
) => ({
  id: offset + number,
  parent_id: parent === null ? root_id : offset + parent,
  kind,
  name,
  name_key: nameKey(name),
  sort_key: sortKey(name),
  slug,
  description,
})

const pick = <Item>(items: Item[], index: number) => items[index % items.length]!

/** Numbers from 0 to `below`, always in the same order (a linear congruential generator). */
function chanceFrom(seed: number) {
  let state = seed
  return (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}
