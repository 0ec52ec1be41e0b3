import { type Asker, requireTenant, visibleScope } from '../../access/visible.ts'
import type { Reads } from '../../db/connection.ts'
import type { VisibleTenant } from '../../db/scope.ts'
import { Forbidden, Invalid, NotFound } from '../../errors.ts'
import type { Difference, ImportPlan } from '../../jobs/import.ts'
import { type Pace, chunks } from '../../pace.ts'
import { isOwn, tagsOfComputers } from '../../tags/effective.ts'
import {
  type TagFinder,
  findTagsNamed,
  openTagFinder,
  writeTagNames,
} from '../../tags/listed-names.ts'
import type { PlacedTag, Tag } from '../../tags/queries.ts'
import { findParent } from '../../tenants/find-parent.ts'
import { ROOT_ID } from '../../tenants/queries.ts'
import type { BadLine, ReadRows } from '../../web/csv/read.ts'
import { findPerson, personText } from '../find-person.ts'
import type { ComputerFacts } from '../form.ts'
import { identityOf } from '../identity.ts'
import { kindLooks } from '../kinds.ts'
import { matchMachine } from '../matching.ts'
import { type KnownComputer, findComputersOf } from '../sync/known.ts'
import { sameTags } from '../tagging.ts'
import { type Row, factLabels } from './row.ts'

type Tenant = VisibleTenant<'computer.import'>

/** A line with where it belongs. */
type Placed = {
  row: Row
  tenant: Tenant
  person_id: number | null | undefined
  existing: KnownComputer | null
  tags: Tags | undefined
}

/** The own tags of a computer, as they are and as they are to be. */
type Tags = { carried: Tag[]; wanted: PlacedTag[] }

type Unlabelled = Omit<Placed, 'tags'>

/** What a file would do. */
export type Plan = ImportPlan<Placed, Placed & { differences: Difference[] }, Placed>

const AT_ONCE = 500

/** Compares the rows of a file with the computers that there are now. */
export async function planImport(
  db: Reads,
  asker: Asker,
  { rows, bad }: ReadRows<Row>,
  pace: Pace,
): Promise<Plan> {
  const problems = [...bad]
  const bad_lines = new Set(bad.map(({ line }) => line))
  const plan: Plan = { created: [], changed: [], unchanged: [], bad: problems }
  const finder = openFinder(db, asker)
  const taken = new Map<string, number>()
  for (const some of chunks(rows, AT_ONCE)) {
    const known = await findComputersOf(db, visibleScope(asker, 'computer.import'), wantedOf(some))
    const carried = await tagsOfComputers(db, asker, [...known.values()])
    for (const row of some) {
      await pace(0, 0)
      if (bad_lines.has(row.line)) continue
      try {
        const place = await placeRow(finder, known, row)
        const placed = { ...place, tags: await findTags(finder, carried, place) }
        refuseTwice(taken, placed)
        await sortOut(db, asker, plan, placed)
      } catch (error) {
        problems.push(badLine(row, error))
      }
    }
  }
  problems.sort((one, other) => one.line - other.line)
  return plan
}

const hardwareOf = ({ facts }: Row) => ({
  hardware_uuid: '',
  manufacturer: '',
  serial_number: '',
  ...facts,
})

function wantedOf(rows: Row[]) {
  const identities = rows.map((row) => identityOf(hardwareOf(row)))
  return {
    ids: rows.flatMap(({ id }) => id ?? []),
    uuid_keys: identities.flatMap(({ uuid_key }) => uuid_key ?? []),
    serial_keys: identities.flatMap(({ serial_key }) => serial_key ?? []),
  }
}

/** What cannot be placed is said at its line; what is no refusal is thrown again. */
function badLine({ line }: Row, error: unknown): BadLine {
  const is_refusal =
    error instanceof Invalid || error instanceof NotFound || error instanceof Forbidden
  if (!is_refusal) throw error
  return { line, reason: error.message }
}

type Finder = ReturnType<typeof openFinder>

/** Looks each tenant, each person and each tag up once, however many lines name them. */
function openFinder(db: Reads, asker: Asker) {
  const tenants = new Map<string, Promise<Tenant>>()
  const people = new Map<string, Promise<number | null>>()
  const tags = new Map<Tenant, TagFinder>()
  const once = <Value>(
    known: Map<string, Promise<Value>>,
    key: string,
    find: () => Promise<Value>,
  ) => {
    const found = known.get(key) ?? find()
    known.set(key, found)
    return found
  }
  return {
    byText: (text: string) =>
      once(tenants, text, async () => {
        if (text === '') throw new Invalid({ tenant: 'Say at which tenant it is.' })
        const { id } = await findParent(db, asker, text)
        if (id === ROOT_ID) throw new Invalid({ tenant: 'Computers belong to a tenant.' })
        return requireTenant(db, asker, 'computer.import', id)
      }),
    byId: (id: number) =>
      once(tenants, `#${id}`, () => requireTenant(db, asker, 'computer.import', id)),
    tags: (tenant: Tenant) => {
      const found = tags.get(tenant) ?? openTagFinder(db, tenant)
      tags.set(tenant, found)
      return found
    },
    person: (tenant: Tenant, text: string) =>
      once(people, `${tenant} ${text}`, () => findPerson(db, asker, tenant, text)),
  }
}

type Carried = Awaited<ReturnType<typeof tagsOfComputers>>

async function findTags(finder: Finder, carried: Carried, { row, tenant, existing }: Unlabelled) {
  if (row.tags === undefined) return undefined
  const own = existing ? carried(existing).filter(isOwn) : []
  return { carried: own, wanted: await findTagsNamed(row.tags, finder.tags(tenant), own) }
}

async function placeRow(
  finder: Finder,
  known: ReadonlyMap<number, KnownComputer>,
  row: Row,
): Promise<Unlabelled> {
  const named = row.tenant === undefined ? undefined : await finder.byText(row.tenant)
  const existing = row.id === undefined ? matched(known, row, named) : known.get(row.id)
  if (existing === undefined) throw new Invalid({ id: `There is no computer ${row.id}.` })
  const tenant = existing ? await finder.byId(existing.tenant_id) : named
  if (tenant === undefined) throw new Invalid({ tenant: 'Say at which tenant it is.' })
  if (named !== undefined && Number(named) !== Number(tenant))
    throw new Invalid({ tenant: 'It is at another tenant. Move it with “Change tenant”.' })
  if (existing?.state === 'deleted') throw new Invalid({ id: 'It is deleted. Restore it first.' })
  const person_id = row.person === undefined ? undefined : await finder.person(tenant, row.person)
  return { row, tenant, person_id, existing }
}

/** The computer that has the hardware of a line; null for a new one. */
function matched(known: ReadonlyMap<number, KnownComputer>, row: Row, tenant: number | undefined) {
  const identity = identityOf(hardwareOf(row))
  const alike = (key: 'uuid_key' | 'serial_key') =>
    [...known.values()].filter((one) => identity[key] !== null && one[key] === identity[key])
  const candidates = { by_uuid: alike('uuid_key'), by_serial: alike('serial_key') }
  const match = matchMachine({ ...identity, tenant_id: tenant ?? 0 }, candidates)
  if (match.kind === 'doubt')
    throw new Invalid({ id: 'Its hardware does not tell which computer it is. Give its id.' })
  return match.kind === 'new' ? null : known.get(match.id)!
}

/** Two lines about one computer would have to be applied one after the other. */
function refuseTwice(taken: Map<string, number>, { row, existing }: Placed) {
  const { uuid_key, serial_key } = identityOf(hardwareOf(row))
  const key = existing ? `#${existing.id}` : (uuid_key ?? serial_key)
  if (key === null) return
  const line = taken.get(key)
  if (line !== undefined) throw new Invalid({ id: `Line ${line} is the same computer.` })
  taken.set(key, row.line)
}

async function sortOut(db: Reads, asker: Asker, plan: Plan, placed: Placed) {
  const { existing, row, person_id, tenant } = placed
  if (!existing) return void plan.created.push(placed)
  const differences = factLabels
    .filter(([name]) => row.facts[name] !== undefined && row.facts[name] !== existing[name])
    .map(([name, field]) => ({
      field,
      from: inWords(name, existing[name]),
      to: inWords(name, row.facts[name]!),
    }))
  if (person_id !== undefined && person_id !== existing.primary_person_id)
    differences.push({
      field: 'Primary person',
      from: await personText(db, asker, tenant, existing.primary_person_id),
      to: await personText(db, asker, tenant, person_id),
    })
  const { tags } = placed
  if (tags && !sameTags(tags.carried, tags.wanted))
    differences.push({
      field: 'Tags',
      from: writeTagNames(tags.carried),
      to: writeTagNames(tags.wanted),
    })
  if (differences.length > 0) plan.changed.push({ ...placed, differences })
  else plan.unchanged.push(placed)
}

const inWords = (name: keyof ComputerFacts, value: string) =>
  name === 'kind' ? kindLooks[value as keyof typeof kindLooks].label : value
