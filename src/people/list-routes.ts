import type { FastifyInstance } from 'fastify'
import type { Actor } from '../access/actor.ts'
import type { Db } from '../db/connection.ts'
import { Invalid } from '../errors.ts'
import type { Mailer } from '../mail/mailer.ts'
import { tagChoices, tagsOf } from '../tags/queries.ts'
import { findParent } from '../tenants/find-parent.ts'
import { readTenantPath } from './tenant-path.ts'
import { type ListState, type PersonFilter, readList } from './list.ts'
import { type Listed, listPage } from './list-page.ts'
import { tenantNamesOf } from './names-of.ts'
import { listRoles } from './queries.ts'
import { findPeople, type FoundFilter } from './search.ts'
import { views } from './views.ts'

const PAGE_SIZE = 50

/** The list of people whom the actor may see. */
export function personListRoutes(app: FastifyInstance, db: Db, mailer: Mailer) {
  app.get(
    '/people',
    { config: { permission: 'person.view', scope: 'anywhere' } },
    async ({ actor, query }, reply) => {
      const state = readList(query)
      const listed = await findListed(db, actor, state)
      const facts = { now: db.now(), has_mail: mailer.configured }
      return reply.page(views.list(listPage(actor, state, listed, facts)))
    },
  )
}

async function findListed(db: Db, actor: Actor, state: ListState): Promise<Listed> {
  const [roles, tags] = await Promise.all([
    listRoles(db),
    tagChoices(db, actor, 'person.view', state.tag),
  ])
  try {
    const filter = await resolveFilter(db, actor, state)
    const { sort, after } = state
    const found = await findPeople(db, actor, filter, { limit: PAGE_SIZE, sort, after })
    const tenant_names = await tenantNamesOf(db, found.rows)
    const carried = await tagsOf(db, found.rows)
    return { ...found, tenant_names, roles, tags, tagsOf: carried, tenant_error: null }
  } catch (error) {
    if (!(error instanceof Invalid) || !error.fields['tenant']) throw error
    const nothing = {
      rows: [],
      total: 0,
      next: null,
      tenant_names: new Map<number, { name: string }>(),
    }
    const tenant_error = error.fields['tenant']
    return { ...nothing, roles, tags, tagsOf: () => [], tenant_error }
  }
}

/** The filter with the tenant that its text means. Throws Invalid at `tenant`. */
export async function resolveFilter(
  db: Db,
  actor: Actor,
  filter: PersonFilter,
): Promise<FoundFilter> {
  if (filter.tenant === '') return { ...filter, tenant: null }
  const { id } = await findTenantNamed(db, actor, filter.tenant)
  return { ...filter, tenant: { id, path: await readTenantPath(db, id) } }
}

/** The tenant that a text means. Throws Invalid at `tenant`. */
export const findTenantNamed = (db: Db, actor: Actor, text: string) =>
  findParent(db, actor, text, { field: 'tenant' })
