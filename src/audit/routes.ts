import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { permits } from '../access/decide.ts'
import type { Db } from '../db/connection.ts'
import { NotFound } from '../errors.ts'
import { getTenantHead, readTenantId } from '../tenants/head.ts'
import { idText, readId } from '../web/numbers.ts'
import { readQuery } from '../web/query.ts'
import { describeChanges, readHistory } from './history.ts'
import { getOperation, listChanges } from './queries.ts'
import { views } from './views.ts'

const Id = idText('Start from the beginning.')
const HistoryQuery = z.object({ before: Id.optional() })
const OperationQuery = z.object({ after: Id.optional() })

/** The tab History of a tenant, the history of everything, and the page of one operation. */
export function auditRoutes(app: FastifyInstance, db: Db) {
  const config = { permission: 'history.view', scope: 'anywhere' } as const
  const ofTenant = { permission: 'history.view', scope: 'tenant' } as const
  type Params = { Params: { id: string } }

  app.get('/history', { config }, ({ actor: { access, tenant_id } }, reply) => {
    const sees_all = permits(access, 'history.view', '/1/')
    return reply.redirect(`/tenants/${sees_all ? 'root' : tenant_id}/history`, 303)
  })

  app.get<Params>(
    '/tenants/:id/history',
    { config: ofTenant },
    async ({ actor, params, query }, reply) => {
      const { before } = readQuery(HistoryQuery, query)
      const id = readTenantId(params.id)
      const head = await getTenantHead(db, actor, id, 'history')
      const { entries, next } = await readHistory(db, actor, id, before)
      const here = `/tenants/${id}/history`
      const older = next === null ? null : `${here}?before=${next}`
      return reply.page(views.history({ head, entries, older, newest: before ? here : null }))
    },
  )

  app.get<Params>('/history/:id', { config }, async ({ actor, params, query }, reply) => {
    const { after } = readQuery(OperationQuery, query)
    const operation = await getOperation(db, actor, readOperationId(params.id))
    const { changes: logged, next: last } = await listChanges(db, actor, operation.id, after)
    const changes = await describeChanges(db, actor, logged)
    const here = `/history/${operation.id}`
    const next = last === null ? null : `${here}?after=${last}`
    return reply.page(views.operation({ operation, changes, next, first: after ? here : null }))
  })
}

function readOperationId(text: string) {
  const id = readId(text)
  if (id === undefined) throw new NotFound('operation of this name')
  return id
}
