import { type RawBuilder, type SelectQueryBuilder, sql } from 'kysely'
import type { Reads } from './connection.ts'
import { prepared } from './prepared.ts'
import type { Schema } from './schema.ts'
import { idTable } from './search.ts'

// As `search.ts`, of computers: their name, their serial number, and the name of their primary
// person, in plain small letters (migration 011).

type Hits = { phrase: string; hits: number }

/**
 * The computers that contain a phrase, at most `hits`. A cross join, since SQLite keeps its order:
 * what the index of trigrams finds is looked up, whatever else is asked of the computers.
 */
export function computersContaining(db: Reads, wanted: Hits) {
  const found = db
    .selectFrom(computerHits(wanted).as('hit'))
    .crossJoin('computer')
    .whereRef('computer.id', '=', 'hit.id')
  return found as unknown as SelectQueryBuilder<Schema, 'computer', object>
}

/** The computers with the given ids, whatever else is asked of them. */
export function computersListed(db: Reads, ids_json: string) {
  const found = db
    .selectFrom(idTable(ids_json))
    .crossJoin('computer')
    .whereRef('computer.id', '=', 'listed.id')
  return found as unknown as SelectQueryBuilder<Schema, 'computer', object>
}

const countHits = prepared((db, wanted: Hits) =>
  db
    .selectFrom(computerHits(wanted).as('hit'))
    .select((eb) => eb.fn.countAll<number>().as('number')),
)

/** How many computers contain a phrase, counted up to `hits`. */
export async function countComputersContaining(db: Reads, wanted: Hits) {
  const [found] = await countHits(db, wanted)
  return Number(found?.number)
}

const computerHits = ({ phrase, hits }: Hits): RawBuilder<{ id: number }> =>
  sql`(select rowid as id from computer_search where words match ${phrase} limit ${hits})`

/** Whether a computer's name or serial number contains `text`: without an index. */
export const computerContains = (text: string) =>
  sql<boolean>`instr(computer.sort_key || ' ' || lower(computer.serial_number), ${text}) > 0`

/** Whether the name of a person contains `text`; likewise. */
export const personContains = (text: string) => sql<boolean>`instr(person.sort_key, ${text}) > 0`
