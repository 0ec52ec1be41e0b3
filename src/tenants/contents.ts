import type { Reads } from '../db/connection.ts'

/**
 * What a tenant holds, in words ("2 child tenants, 1 person"), or '' when it is empty and may be
 * deleted. A feature that puts something into tenants adds its line here.
 */
export async function describeContents(db: Reads, id: number) {
  const counts = await Promise.all([
    count(db, 'tenant', 'parent_id', id),
    count(db, 'person', 'tenant_id', id),
    count(db, 'preference_entry', 'tenant_id', id),
    count(db, 'exemption', 'tenant_id', id),
    count(db, 'exemption', 'lock_tenant_id', id),
  ])
  const words = [
    ['child tenant', 'child tenants'],
    ['person', 'people'],
    ['preference set here', 'preferences set here'],
    ['exemption', 'exemptions'],
    ['exemption from its locks', 'exemptions from its locks'],
  ] as const
  return counts
    .map((number, index) => number > 0 && `${number} ${words[index]![number === 1 ? 0 : 1]}`)
    .filter(Boolean)
    .join(', ')
}

type Holder =
  | ['tenant', 'parent_id']
  | ['person' | 'preference_entry', 'tenant_id']
  | ['exemption', 'tenant_id' | 'lock_tenant_id']

async function count(db: Reads, ...[table, column, id]: [...Holder, number]) {
  const { number } = await db
    .selectFrom(table as 'exemption')
    .select((eb) => eb.fn.countAll<number>().as('number'))
    .where(column as 'tenant_id', '=', id)
    .executeTakeFirstOrThrow()
  return number
}
