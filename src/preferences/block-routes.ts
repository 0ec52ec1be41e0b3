import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Actor } from '../access/actor.ts'
import type { Db } from '../db/connection.ts'
import { operation } from '../db/operation.ts'
import { requireTenant } from '../access/visible.ts'
import { Conflict, Invalid } from '../errors.ts'
import { getTenantHead, readTenantId } from '../tenants/head.ts'
import { ROOT_ID } from '../tenants/queries.ts'
import { parseForm } from '../web/form.ts'
import { catalogue } from './catalogue.ts'
import { readChain } from './chain.ts'
import { blockInheritance } from './commands.ts'
import { measureImpact } from './impact.ts'
import { toImpactView } from './impact-view.ts'
import { views } from './views.ts'

const BlockForm = z.strictObject({ blocks: z.enum(['on', 'off'], 'Choose one of the two.') })

/** Blocking inheritance at a tenant, or letting it inherit again, after seeing what that changes. */
export function blockRoutes(app: FastifyInstance, db: Db) {
  const config = { permission: 'preference.lock', scope: 'tenant' } as const

  app.get<{ Params: { id: string } }>(
    '/tenants/:id/inheritance',
    { config },
    async ({ actor, params }, reply) => {
      const id = readTenantId(params.id)
      requireParent(id)
      const head = await getTenantHead(db, actor, id, 'preferences')
      const blocks = head.tenant.blocks_inheritance === 0
      return reply.page(
        views.block({ head, blocks, changes: await listChanges(db, actor, id, blocks) }),
      )
    },
  )

  app.post<{ Params: { id: string } }>(
    '/tenants/:id/inheritance',
    { config },
    async ({ actor, params, body }, reply) => {
      const id = readTenantId(params.id)
      requireParent(id)
      const parsed = parseForm(BlockForm, body)
      if (!parsed.ok) throw new Invalid(parsed.form.errors)
      const { tenant } = await getTenantHead(db, actor, id, 'preferences')
      const blocks = parsed.input.blocks === 'on'
      if (blocks !== (tenant.blocks_inheritance === 1))
        await operation(db, actor, 'tenant.update', async (tx) =>
          blockInheritance(tx, await requireTenant(tx, actor, 'preference.lock', id), blocks),
        )
      return reply.done(
        `/tenants/${id}/preferences`,
        blocks ? `${tenant.name} blocks inheritance.` : `${tenant.name} inherits again.`,
      )
    },
  )
}

function requireParent(id: number) {
  if (id === ROOT_ID) throw new Conflict('Nothing is above All tenants that it could inherit.')
}

/** What changes for each preference that is set above the tenant: no other one can. */
async function listChanges(db: Db, actor: Actor, id: number, blocks: boolean) {
  const { entries } = await readChain(db, await requireTenant(db, actor, 'preference.view', id))
  const changes = []
  for (const preference of catalogue) {
    if (!entries.has(preference.key)) continue
    const impact = await measureImpact(db, actor, id, preference, { blocks }, db.now())
    if (impact.changing === 0) continue
    const { values } = toImpactView(preference, impact)
    changes.push({ key: preference.key, label: preference.label, values })
  }
  return changes
}
