import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Actor } from '../access/actor.ts'
import { permits } from '../access/decide.ts'
import type { Db } from '../db/connection.ts'
import { NotFound } from '../errors.ts'
import { getTenantHead, readTenantId } from '../tenants/head.ts'
import { idText, readId } from '../web/numbers.ts'
import { readQuery } from '../web/query.ts'
import { branchHref, filterHref, readFilter } from './filter.ts'
import { describeChanges, readHistory } from './history.ts'
import { readNames } from './names.ts'
import { readOperations } from './operations.ts'
import { getOperation, listChanges } from './queries.ts'
import { suggestAuthors } from './suggest-authors.ts'
import { totalsOf } from './totals.ts'
import { findUndo, refuseOffer } from './undo.ts'
import { views } from './views.ts'
import { knownKinds } from './words.ts'

const Id = idText('Start from the beginning.')
const TenantQuery = z.object({ before: Id.optional() })
const AuthorQuery = z.object({ q: z.string().max(1000).default('') })
const OperationQuery = z.object({ after: Id.optional() })

const PAGE = 50
const SUGGESTED = 20
const NOTHING = { entries: [], next: null }

const config = { permission: 'history.view', scope: 'anywhere' } as const
type Params = { Params: { id: string } }

/** The history of everything that the reader may see, the tab of a tenant, and each operation. */
export function auditRoutes(app: FastifyInstance, db: Db) {
  historyRoute(app, db)
  authorRoute(app, db)
  tenantRoute(app, db)
  operationRoute(app, db)
}

function historyRoute(app: FastifyInstance, db: Db) {
  app.get('/history', { config }, async ({ actor, query }, reply) => {
    const { form, filter, before } = await readFilter(db, actor, query)
    const { entries, next } = filter
      ? await readOperations(db, actor, filter, { before, limit: PAGE })
      : NOTHING
    return reply.code(filter ? 200 : 422).page(
      views.history({
        form,
        entries,
        kinds: knownKinds,
        person: filter && (await namePerson(db, actor, filter.person_id)),
        is_filtered: Object.keys(form.values).some((name) => name !== 'before'),
        older: next === null ? null : filterHref('/history', form, next),
        newest: before === null ? null : filterHref('/history', form),
        csv_href: filterHref('/history/export.csv', form),
        json_href: filterHref('/history/export.json', form),
      }),
    )
  })
}

/** Suggestions for the field that asks who did it. */
function authorRoute(app: FastifyInstance, db: Db) {
  app.get('/history/authors', { config }, async ({ actor, query }, reply) => {
    const { q } = readQuery(AuthorQuery, query)
    return reply.page(views.authors({ names: await suggestAuthors(db, actor, q, SUGGESTED) }))
  })
}

function tenantRoute(app: FastifyInstance, db: Db) {
  app.get<Params>(
    '/tenants/:id/history',
    { config: { permission: 'history.view', scope: 'tenant' } },
    async ({ actor, params, query }, reply) => {
      const { before } = readQuery(TenantQuery, query)
      const id = readTenantId(params.id)
      const head = await getTenantHead(db, actor, id, 'history')
      const { entries, next } = await readHistory(db, actor, id, before)
      const here = `/tenants/${id}/history`
      const may_compare = permits(actor.access, 'preference.view', head.tenant.path)
      return reply.page(
        views.tenant({
          head,
          entries,
          older: next === null ? null : `${here}?before=${next}`,
          newest: before ? here : null,
          branch_href: await branchHref(db, actor, id),
          compare_href: may_compare ? `/tenants/${id}/compare` : null,
        }),
      )
    },
  )
}

function operationRoute(app: FastifyInstance, db: Db) {
  app.get<Params>('/history/:id', { config }, async ({ actor, params, query }, reply) => {
    const { after } = readQuery(OperationQuery, query)
    const operation = await getOperation(db, actor, readOperationId(params.id))
    const { changes: logged, next: last } = await listChanges(db, actor, operation.id, after)
    const here = `/history/${operation.id}`
    return reply.page(
      views.operation({
        operation,
        changes: await describeChanges(db, actor, logged),
        totals: await totalsOf(db, actor, operation),
        undone_by: await findUndo(db, actor, operation.id),
        may_undo: (await refuseOffer(db, actor, operation)) === null,
        next: last === null ? null : `${here}?after=${last}`,
        first: after ? here : null,
      }),
    )
  })
}

/** The person whom a history is about, as far as the reader may know the name. */
async function namePerson(db: Db, actor: Actor, id: number | null) {
  if (id === null) return null
  const names = await readNames(db, actor, [{ table: 'person', id }])
  return { id, name: names('person', id)! }
}

/** The id in the address of an operation. */
export function readOperationId(text: string) {
  const id = readId(text)
  if (id === undefined) throw new NotFound('operation of this name')
  return id
}
