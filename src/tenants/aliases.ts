import { type Asker, requireTenant, visibleScope } from '../access/visible.ts'
import type { Reads } from '../db/connection.ts'
import type { Tx } from '../db/operation.ts'
import { prepared, preparedInScope } from '../db/prepared.ts'
import { inScope, ofTenant, type VisibleTenant } from '../db/scope.ts'
import { everyTenant, everyTenantTx } from '../db/scope-guard.ts'
import { idTable } from '../db/search.ts'
import { NotFound } from '../errors.ts'
import { nameKey } from './names.ts'

// What tenants were called that became part of another one: whoever brings such a name again, a file
// or an integration, means the tenant that has the alias now.

/** An alias as it is shown. */
export type Alias = Awaited<ReturnType<typeof listAliases>>[number]

const aliasesOf = prepared((db, { tenant }: { tenant: VisibleTenant }) =>
  db
    .selectFrom('tenant_alias')
    .select(['id', 'name', 'slug', 'integration', 'client_key'])
    .where(ofTenant('tenant_alias.tenant_id', tenant))
    .orderBy('id'),
)

/** The aliases of a tenant, the oldest first. */
export const listAliases = async (db: Reads, asker: Asker, tenant_id: number) =>
  aliasesOf(db, { tenant: await requireTenant(db, asker, 'tenant.view', tenant_id) })

const tenantByFormerSlug = preparedInScope((db, scope, { slug }: { slug: string }) =>
  db
    .selectFrom('tenant_alias')
    .select('tenant_alias.tenant_id as id')
    .where('tenant_alias.slug', '=', slug)
    .where(inScope(scope, 'tenant_alias.tenant_id')),
)

/** The tenant that a former slug means now, if the asker sees it. */
export async function findByFormerSlug(db: Reads, asker: Asker, slug: string) {
  const [found] = await tenantByFormerSlug(db, visibleScope(asker, 'tenant.view'), { slug })
  return found?.id
}

/** The tenants that former slugs mean now, seen or not. */
export const listByFormerSlugs = (db: Reads, slugs: string[]) =>
  everyTenant(db)
    .selectFrom('tenant_alias')
    .select(['slug', 'tenant_id'])
    .where('slug', 'in', slugs)
    .execute()

type NameKeys = { parent_id: number; keys: string[] }

/**
 * The tenants that names mean which they had under a parent, seen or not; of two that had the same,
 * the later.
 */
export const listByFormerNames = (db: Reads, { parent_id, keys }: NameKeys) =>
  everyTenant(db)
    .selectFrom('tenant_alias')
    .select(['name_key', 'tenant_id'])
    .where('parent_id', '=', parent_id)
    .where('name_key', 'in', keys)
    .orderBy('id')
    .execute()

type Former = { name: string; slug: string; parent_id: number | null }

/** From now on, what a tenant was called means the one that it is part of. */
export const addAlias = (
  tx: Tx,
  tenant_id: VisibleTenant<'tenant.edit'>,
  { name, slug, parent_id }: Former,
) =>
  tx
    .insertInto('tenant_alias')
    .values({ tenant_id, name, slug, parent_id, name_key: nameKey(name) })
    .execute()

/**
 * Forgets what tenants that are about to be deleted were called, and that others were below them.
 */
export async function forgetAliases(tx: Tx, ids_json: string) {
  const all = everyTenantTx(tx)
  await all
    .deleteFrom('tenant_alias')
    .where('tenant_id', 'in', (eb) => eb.selectFrom(idTable(ids_json)).select('listed.id'))
    .execute()
  await all
    .updateTable('tenant_alias')
    .set({ parent_id: null })
    .where('parent_id', 'in', (eb) => eb.selectFrom(idTable(ids_json)).select('listed.id'))
    .execute()
}

/** Forgets a former name: whoever brings it again makes a new tenant. Throws NotFound. */
export async function removeAlias(tx: Tx, tenant: VisibleTenant<'tenant.edit'>, id: number) {
  const { numDeletedRows } = await tx
    .deleteFrom('tenant_alias')
    .where('id', '=', id)
    .where(ofTenant('tenant_alias.tenant_id', tenant))
    .executeTakeFirstOrThrow()
  if (numDeletedRows === 0n) throw new NotFound(`alias ${id}`)
}
