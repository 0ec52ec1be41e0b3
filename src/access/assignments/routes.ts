import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Db } from '../../db/connection.ts'
import { operation } from '../../db/operation.ts'
import { NotFound } from '../../errors.ts'
import { getPersonHead } from '../../people/head.ts'
import { getTenantHead, readTenantId } from '../../tenants/head.ts'
import { takesNoFields } from '../../web/form.ts'
import { idText, readId } from '../../web/numbers.ts'
import { readQuery } from '../../web/query.ts'
import type { Actor } from '../actor.ts'
import { permits, permitsSomewhere } from '../decide.ts'
import { nodePath } from '../node-path.ts'
import { type Permission, permissions } from '../permissions.ts'
import { permissionOptions, readAccess, toAccessRow } from './access-tab.ts'
import { withdrawAssignment } from './commands.ts'
import { listAssignments } from './queries.ts'
import { readReach } from './reach.ts'
import { views } from './views.ts'

const PAGE = 50

const AccessTabQuery = z.strictObject({
  permission: z
    .enum(['', ...permissions] as ['', ...Permission[]], 'Choose a permission from the list.')
    .default(''),
  after: z.string('Start from the beginning.').max(2000).optional(),
  older: idText('Start from the newest.').optional(),
})

/** Who can do what: at a tenant, and where a person can. */
export function accessRoutes(app: FastifyInstance, db: Db) {
  app.get<{ Params: { id: string } }>(
    '/tenants/:id/access',
    { config: { permission: 'access.view', scope: 'tenant' } },
    async ({ actor, params, query }, reply) => {
      const state = readQuery(AccessTabQuery, query)
      const head = await getTenantHead(db, actor, readTenantId(params.id), 'access')
      return reply.page(views.tenant(await accessTab(db, actor, head, state)))
    },
  )

  app.get<{ Params: { id: string } }>(
    '/people/:id/access',
    { config: { permission: 'access.view', scope: 'anywhere' } },
    async ({ actor, params }, reply) => {
      const id = readId(params.id)
      if (id === undefined) throw new NotFound('such person')
      const [reach, head] = await Promise.all([
        readReach(db, actor, id, db.now()),
        getPersonHead(db, actor, id, 'access', db.now()),
      ])
      const may_grant = permitsSomewhere(actor.access, 'access.grant')
      return reply.page(views.person({ head, ...reach, may_grant }))
    },
  )

  app.post<{ Params: { id: string; assignment_id: string } }>(
    '/tenants/:id/access/:assignment_id/withdrawal',
    {
      config: { permission: 'access.grant', scope: 'tenant', fresh: true },
      preHandler: takesNoFields,
    },
    async ({ actor, params }, reply) => {
      const id = readTenantId(params.id)
      const assignment_id = readId(params.assignment_id)
      if (assignment_id === undefined) throw new NotFound('such assignment')
      await operation(db, actor, 'access.withdraw', (tx) =>
        withdrawAssignment(tx, actor, id, assignment_id),
      )
      return reply.done(`/tenants/${id}/access`, 'It is withdrawn.')
    },
  )
}

type Head = Awaited<ReturnType<typeof getTenantHead>>

async function accessTab(
  db: Db,
  actor: Actor,
  head: Head,
  { permission, after, older }: z.infer<typeof AccessTabQuery>,
) {
  const { id } = head.tenant
  const path = await nodePath(db, id)
  const now = db.now()
  const may_grant = permits(actor.access, 'access.grant', path)
  const [{ people, next_cursor }, given] = await Promise.all([
    readAccess(db, actor, path, now, {
      permission: permission || null,
      cursor: after,
      limit: PAGE,
    }),
    listAssignments(db, actor, { tenant_id: id }, { limit: PAGE + 1, before: older ?? null }),
  ])
  const address = `/tenants/${id}/access`
  const shown = given.slice(0, PAGE).map((one) => ({
    ...one,
    ended: one.expires_at !== null && one.expires_at <= now,
    may_withdraw: may_grant && one.who.id !== null,
  }))
  const chosen = permission && `permission=${permission}&`
  return {
    head,
    rows: people.map((person) => toAccessRow(actor, path, person)),
    permission,
    permissions: permissionOptions,
    next: next_cursor && `${address}?${chosen}after=${next_cursor}`,
    may_grant,
    given: {
      shown,
      older: given.length > PAGE ? `${address}?${chosen}older=${shown.at(-1)!.id}#given` : null,
    },
  }
}
