import { operation } from '../src/db/operation.ts'
import { everyTenant } from '../src/db/scope-guard.ts'
import type { VisibleTenant } from '../src/db/scope.ts'
import { sortKey } from '../src/tenants/names.ts'
import { type Dataset, withDatabase } from './databases.ts'

const AT_ONCE = 500
const IN_ONE_OPERATION = 20_000

const FIRST = ['Ada', 'Björn', 'Chloé', 'Dmitri', 'Elif', 'Femi', 'Grace', 'Hiro', 'Inés', 'Jonas']
const LAST = ['Smith', 'Okafor', 'Müller', 'Nguyen', 'Rossi', 'Kowalski', 'Haddad', 'Lindqvist']

/** One in so many is a user: a technician. */
const USERS = 10
const TECHNICIAN_ID = 3

/** Adds so many people, spread evenly over the tenants. */
export async function addPeople(dataset: Dataset, count: number) {
  await withDatabase(dataset, async (db) => {
    const tenants = await everyTenant(db)
      .selectFrom('tenant')
      .select('id')
      .where('kind', '<>', 'msp')
      .where('parent_id', 'is not', null)
      .orderBy('id')
      .execute()
    for (let start = 0; start < count; start += IN_ONE_OPERATION)
      await operation(db, dataset.actor, 'person.import', async (tx) => {
        const end = Math.min(count, start + IN_ONE_OPERATION)
        for (let from = start; from < end; from += AT_ONCE) {
          const rows = Array.from({ length: Math.min(AT_ONCE, end - from) }, (_, index) =>
            toPersonRow(from + index, tenants[(from + index) % tenants.length]!.id),
          )
          await tx.insertInto('person').values(rows).execute()
        }
      })
  })
}

function toPersonRow(number: number, tenant_id: number) {
  const first = FIRST[number % FIRST.length]!
  const last = LAST[Math.floor(number / FIRST.length) % LAST.length]!
  const name = `${first} ${last} ${number}`
  const email = `person.${number}@people.example`
  return {
    tenant_id: tenant_id as VisibleTenant,
    name,
    sort_key: sortKey(name),
    email,
    email_key: email,
    role_id: number % USERS === 0 ? TECHNICIAN_ID : null,
    source: number % 2 === 0 ? ('typed' as const) : ('imported' as const),
  }
}
