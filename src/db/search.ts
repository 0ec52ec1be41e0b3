import {
  type Expression,
  type RawBuilder,
  type SelectQueryBuilder,
  expressionBuilder,
  sql,
} from 'kysely'
import type { Reads } from './connection.ts'
import { prepared } from './prepared.ts'
import type { Schema } from './schema.ts'

// The searches that only SQLite can do this way: its full-text index of trigrams (migration 002),
// and lists of ids as JSON. Texts are in the plain small letters of `tenant.sort_key`.

/** The fewest characters that the index of trigrams can look for. */
export const MIN_TRIGRAM_LENGTH = 3

/**
 * The tenants whose name or slug contains `text`, at most `limit`. A cross join, since SQLite keeps
 * its order: what the index of trigrams finds is looked up, whatever else is asked of the tenants.
 */
export function tenantsContaining(db: Reads, text: string, limit: number) {
  const found = db
    .selectFrom(hits(phraseOf(text), limit).as('hit'))
    .crossJoin('tenant')
    .whereRef('tenant.id', '=', 'hit.id')
  return found as unknown as SelectQueryBuilder<Schema, 'tenant', object>
}

/** How many tenants contain `text`, counted up to `limit`. */
export async function countContaining(db: Reads, text: string, limit: number) {
  const [found] = await countHits(db, { phrase: phraseOf(text), limit })
  return Number(found?.number)
}

/** Whether a tenant's name or slug contains `text`: without an index, for what is frequent. */
export const containsText = (text: string) =>
  sql<boolean>`instr(tenant.sort_key || ' ' || tenant.slug, ${text}) > 0`

/** Whether a tenant's name or slug begins with `text`; likewise. */
export const beginsWithText = (text: string) =>
  sql<boolean>`(instr(tenant.sort_key, ${text}) = 1 or instr(tenant.slug, ${text}) = 1)`

/** A list of ids as a table with an `id`, so that one query serves a list of any length. */
export const idTable = (ids_json: string) =>
  sql<{ id: number }>`(select value as id from json_each(${ids_json}))`.as('listed')

/** A list of ids, for what is to be in it. */
export const idsIn = (ids: readonly number[]) =>
  expressionBuilder<object>()
    .selectFrom(idTable(JSON.stringify(ids)))
    .select('listed.id')

/** The ids in a path (`/1/3/4/`) as a table: those of the node itself and of all above it. */
export const pathTable = (path: Expression<string>) =>
  sql<{ id: number }>`(select value as id
    from json_each('[' || replace(trim(${path}, '/'), '/', ',') || ']'))`.as('listed')

/** A list of texts as a table with a `text`; likewise. */
export const textTable = (texts_json: string) =>
  sql<{ text: string }>`(select value as text from json_each(${texts_json}))`.as('listed')

const countHits = prepared((db, { phrase, limit }: { phrase: string; limit: number }) =>
  db
    .selectFrom(hits(phrase, limit).as('hit'))
    .select((eb) => eb.fn.countAll<number>().as('number')),
)

function hits(phrase: string, limit: number): RawBuilder<{ id: number }> {
  return sql`(select rowid as id from tenant_search where words match ${phrase} limit ${limit})`
}

/**
 * The text as one phrase of the full-text language, in which nothing has a meaning of its own. That
 * ends at a null character, which is in no text that could be found.
 */
export const phraseOf = (text: string) =>
  `"${text.replaceAll('"', '""').replaceAll('\0', '\ufffd')}"`

/** The people with the given ids, whatever else is asked of them. */
export function peopleListed(db: Reads, ids_json: string) {
  const found = db
    .selectFrom(idTable(ids_json))
    .crossJoin('person')
    .whereRef('person.id', '=', 'listed.id')
  return found as unknown as SelectQueryBuilder<Schema, 'person', object>
}

/** The ids of the people whose name or e-mail address contains `text`, at most `limit`. */
export const idsOfPeopleContaining = async (db: Reads, text: string, limit: number) =>
  (await peopleHits(db, { phrase: phraseOf(text), limit })).map(({ id }) => id)

const peopleHits = prepared((db, { phrase, limit }: { phrase: string; limit: number }) =>
  db.selectFrom(personHits(phrase, limit).as('hit')).select('hit.id'),
)

function personHits(phrase: string, limit: number): RawBuilder<{ id: number }> {
  return sql`(select rowid as id from person_search where words match ${phrase} limit ${limit})`
}

/**
 * Whether a person's name or address contains `text`: without an index, for what is frequent. Only a
 * text with a space in it can lie across the two, which then are put together.
 */
export const personContains = (text: string) =>
  sql<boolean>`(
    instr(person.sort_key, ${text}) > 0 or instr(person.email_key, ${text}) > 0
    or instr(${text}, ' ') > 0 and instr(person.sort_key || ' ' || person.email_key, ${text}) > 0)`

/** Whether a person's name or address begins with `text`; likewise. */
export const personBegins = (text: string) =>
  sql<boolean>`(instr(person.sort_key, ${text}) = 1 or instr(person.email_key, ${text}) = 1)`

/** What the filter of a group of computers names, as there is an index of it. */
export const namedByGroup = {
  tenant: sql<number | null>`json_extract(computer_group.filter, '$.tenant_id')`,
  tag: sql<number | null>`json_extract(computer_group.filter, '$.tag_id')`,
}
