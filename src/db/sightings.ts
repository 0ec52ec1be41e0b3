import { type RawBuilder, sql } from 'kysely'

/** Instants by id, as JSON (`{"12":"2026-11-24T09:00:00.000Z"}`), as a table with `id` and `at`. */
export const sightingTable = (instants_json: string) => instantsOf(instants_json).as('sighting')

const instantsOf = (json: string): RawBuilder<{ id: number; at: string }> =>
  sql`(select cast(key as integer) as id, value as at from json_each(${json}))`
