import { type Asker, visibleScope } from '../access/visible.ts'
import type { Reads } from '../db/connection.ts'
import { branchOf, filterByBranch, inScope } from '../db/scope.ts'
import { idsIn } from '../db/search.ts'
import { Invalid } from '../errors.ts'
import { sortKey } from '../tenants/names.ts'
import type { OwnedSchedule } from './queries.ts'
import type { Candidate } from '../maintenance/covered.ts'
import type { TargetKinds } from '../db/schedule-schema.ts'
import { reaches } from './regions.ts'
import { kindsIn } from './stored.ts'
import { MOST_CHOSEN, TOO_MANY_CHOSEN, listChosen } from './targets.ts'

// Chosen computers are written one to a line, by name. A number tells namesakes apart: "PC-7 #12".

/** How many namesakes a message names. */
const NAMESAKES = 3

const computers = (db: Reads, asker: Asker) =>
  db
    .selectFrom('computer')
    .innerJoin('tenant', 'tenant.id', 'computer.tenant_id')
    .select(['computer.id', 'computer.name', 'computer.sort_key'])
    .where(inScope(visibleScope(asker, 'computer.view'), 'tenant.path'))

/** The computers that a schedule is for, as they are written: those of them that the asker sees. */
export async function chosenText(db: Reads, asker: Asker, schedule_id: number) {
  const names = await chosenNames(db, asker, schedule_id)
  return names.map(({ id, name }) => chosenLine(id, name)).join('\n')
}

/** The chosen computers that the asker does not see, and so neither adds nor takes away. */
export async function chosenOutOfSight(db: Reads, asker: Asker, schedule_id: number) {
  const ids = await listChosen(db, schedule_id)
  const seen = await namesOf(db, asker, ids)
  return ids.filter((id) => !seen.has(id))
}

/** How a computer is written, so that it is always this one. */
export const chosenLine = (id: number, name: string) => `${name} #${id}`

/** The names of computers that the asker sees, by id. */
async function namesOf(db: Reads, asker: Asker, ids: number[]) {
  const rows = await seenAmong(db, asker, ids)
  return new Map(rows.map(({ id, name }) => [id, name]))
}

const seenAmong = (db: Reads, asker: Asker, ids: number[]) =>
  computers(db, asker)
    .select(['computer.state', 'tenant.path', 'tenant.name as tenant_name'])
    .where('computer.id', 'in', idsIn(ids))
    .orderBy('computer.id')
    .execute()

/**
 * The computers that the lines mean, at a tenant with this path or below it. Throws Invalid at
 * `computers` for a line that means none, or more than one.
 */
export async function readChosen(db: Reads, asker: Asker, path: string, text: string) {
  const lines = text
    .split(/\n/)
    .map((line) => line.trim())
    .filter(Boolean)
  if (lines.length > MOST_CHOSEN) throw new Invalid({ computers: TOO_MANY_CHOSEN })
  const named = await findNamed(db, asker, path, lines)
  return [...new Set(lines.map((line) => numbered(line, named) ?? idOf(line, named(line))))]
}

type Named = (name: string) => { id: number; name: string }[]

/** The computer that a line names with its number, unless that whole text is a name itself. */
function numbered(line: string, named: Named) {
  const { name, id } = partsOf(line)
  if (id === undefined || named(line).length > 0) return undefined
  return named(name).find((computer) => computer.id === id)?.id
}

function partsOf(line: string) {
  const [, name = line, digits] = /^(.*\S)\s+#(\d{1,15})$/.exec(line) ?? []
  return { name, id: digits === undefined ? undefined : Number(digits) }
}

/** The computers with these names there, by the key that lists sort by. */
async function findNamed(db: Reads, asker: Asker, path: string, lines: string[]): Promise<Named> {
  const keys = [...new Set(lines.flatMap((line) => [line, partsOf(line).name]).map(sortKey))]
  const found = await computers(db, asker)
    .where('computer.sort_key', 'in', keys)
    .where('computer.state', '<>', 'deleted')
    .where(filterByBranch(branchOf(path), 'tenant.path'))
    .orderBy('computer.id')
    .execute()
  const byName = Map.groupBy(found, ({ sort_key }) => sort_key)
  return (name) => byName.get(sortKey(name)) ?? []
}

function idOf(line: string, found: { id: number; name: string }[]) {
  const [only, ...others] = found
  if (!only)
    throw new Invalid({ computers: `There is no computer “${line.slice(0, 80)}” at this tenant.` })
  if (others.length === 0) return only.id
  const choices = found.slice(0, NAMESAKES).map(({ id, name }) => `${name} #${id}`)
  const more = found.length > NAMESAKES ? ' and others' : ''
  throw new Invalid({
    computers: `${found.length} computers are called “${only.name}”. Write one of ${choices.join(', ')}${more}.`,
  })
}

/** The chosen computers that the asker sees, with where they are. */
export const chosenNames = async (db: Reads, asker: Asker, schedule_id: number) =>
  seenAmong(db, asker, await listChosen(db, schedule_id))

/** The same to be listed, each with why it is not covered, if it is not. */
export async function chosenLinks(db: Reads, asker: Asker, schedule: OwnedSchedule) {
  const chosen = await chosenNames(db, asker, schedule.id)
  return chosen.map(({ id, name, state, path, tenant_name }) => {
    const away = reaches(schedule, path) ? '' : `now at ${tenant_name}, out of reach`
    return { id, name, note: state === 'deleted' ? 'deleted' : away }
  })
}

/** Chosen computers that were not saved yet, as the asker sees them: for what they would be covered by. */
export async function listCandidates(
  db: Reads,
  asker: Asker,
  ids: readonly number[],
  kinds: TargetKinds,
): Promise<Candidate[]> {
  const rows = await computers(db, asker)
    .select(['computer.tenant_id', 'computer.time_zone', 'computer.state', 'computer.kind'])
    .select('tenant.path')
    .where('computer.id', 'in', idsIn(ids))
    .where('computer.state', '<>', 'deleted')
    .execute()
  return rows
    .filter(({ kind }) => kindsIn[kinds].includes(kind))
    .map(({ id, tenant_id, path, time_zone, state }) => ({
      id,
      tenant_id,
      path,
      time_zone,
      state,
    }))
}
