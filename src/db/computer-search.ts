import { type RawBuilder, type SelectQueryBuilder, expressionBuilder, sql } from 'kysely'
import type { Reads } from './connection.ts'
import { prepared } from './prepared.ts'
import type { Schema } from './schema.ts'
import { idTable } from './search.ts'

// As `search.ts`, of computers: their name, their serial number, and the name of their primary
// person, in plain small letters (migration 011).

/** The computers with the given ids, whatever else is asked of them. */
export function computersListed(db: Reads, ids_json: string) {
  const found = db
    .selectFrom(idTable(ids_json))
    .crossJoin('computer')
    .whereRef('computer.id', '=', 'listed.id')
  return found as unknown as SelectQueryBuilder<Schema, 'computer', object>
}

type Wanted = { phrase: string; limit: number }

const hits = prepared((db, wanted: Wanted) =>
  db.selectFrom(hitTable(wanted).as('hit')).select('hit.id'),
)

/** The ids of the computers that contain a phrase, at most `limit`. */
export const idsOfComputersContaining = async (db: Reads, phrase: string, limit: number) =>
  (await hits(db, { phrase, limit })).map(({ id }) => id)

const counted = prepared((db, wanted: Wanted) =>
  db.selectFrom(hitTable(wanted).as('hit')).select((eb) => eb.fn.countAll<number>().as('number')),
)

/** How many computers contain a phrase, counted up to `limit`. */
export async function countComputersContaining(db: Reads, phrase: string, limit: number) {
  const [found] = await counted(db, { phrase, limit })
  return Number(found?.number)
}

const hitTable = ({ phrase, limit }: Wanted): RawBuilder<{ id: number }> =>
  sql`(select rowid as id from computer_search where words match ${phrase} limit ${limit})`

const eb = expressionBuilder<Schema, 'computer'>()

const PERSON_KEY = eb
  .selectFrom('person')
  .select('person.sort_key')
  .whereRef('person.tenant_id', '=', 'computer.tenant_id')
  .whereRef('person.id', '=', 'computer.primary_person_id')

/** Whether the words of a computer contain `text`: without the index, which has the same words. */
export const computerContains = (text: string) =>
  sql<boolean>`instr(computer.sort_key || ' ' || lower(computer.serial_number) || ' ' || coalesce(${PERSON_KEY}, ''), ${text}) > 0`

/** Whether a computer is one of those that the index finds for a phrase, however many they are. */
export const computerIsHit = (phrase: string) => eb('computer.id', 'in', allHits(phrase))

const allHits = (phrase: string): RawBuilder<number> =>
  sql`(select rowid from computer_search where words match ${phrase})`
