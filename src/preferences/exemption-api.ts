import { z } from 'zod'
import { requireTenant } from '../access/visible.ts'
import type { Db } from '../db/connection.ts'
import { operation } from '../db/operation.ts'
import type { Api } from '../web/api.ts'
import { Instant, InstantText, NextCursor, Nothing, Paging, TenantId } from '../web/api-schemas.ts'
import { idText } from '../web/numbers.ts'
import { decodeCursor, encodeCursor } from '../web/cursor.ts'
import { createOnce } from '../web/idempotency.ts'
import { PreferenceKey, TenantParams } from './api-schemas.ts'
import { grantExemption, withdrawExemption } from './commands.ts'
import { type ListedExemption, getExemption, listExemptionsOf } from './exemptions.ts'

const tags = ['exemptions']

const ExemptionInput = z.strictObject({
  key: PreferenceKey,
  lock_tenant_id: TenantId.describe('The tenant above that holds the lock.'),
  reason: z
    .string('Give a reason.')
    .trim()
    .min(1, 'Give a reason.')
    .max(500, 'Use 500 characters or fewer.'),
  ticket: z.string('Give one ticket.').trim().max(100, 'Use 100 characters or fewer.').default(''),
  expires_at: InstantText.nullable().default(null).describe('Null: until it is withdrawn.'),
})

const ExemptionResource = z
  .strictObject({
    id: z.int(),
    tenant_id: z.int(),
    key: z.string(),
    lock_tenant_id: z.int().nullable().describe('Null: a tenant that you may not see.'),
    reason: z.string(),
    ticket: z.string(),
    expires_at: Instant.nullable(),
    state: z.enum(['in_force', 'expired']),
    by: z.string(),
    at: Instant,
  })
  .meta({ id: 'Exemption' })

const ExemptionList = z.strictObject({
  exemptions: z.array(ExemptionResource),
  next_cursor: NextCursor,
})

const ExemptionParams = TenantParams.extend({ exemption_id: idText() })

/** Exemptions from locks as JSON. */
export function exemptionApi(api: Api, db: Db) {
  listingApi(api, db)
  grantingApi(api, db)
  oneExemptionApi(api, db)
}

function listingApi(api: Api, db: Db) {
  api.get(
    '/tenants/:id/exemptions',
    {
      config: { permission: 'preference.view', scope: 'tenant' },
      schema: {
        operationId: 'listExemptions',
        summary: 'The exemptions of a tenant, the newest first',
        tags,
        params: TenantParams,
        querystring: Paging,
        response: { 200: ExemptionList },
      },
    },
    async ({ actor, params, query: { limit, cursor } }) => {
      const before = cursor === undefined ? null : Number(decodeCursor(cursor, 1)[0])
      const found = await listExemptionsOf(db, actor, params.id, { limit: limit + 1, before })
      const page = found.slice(0, limit)
      return {
        exemptions: page.map((exemption) => describe(exemption, db.now())),
        next_cursor: found.length > limit ? encodeCursor([page.at(-1)!.id]) : null,
      }
    },
  )
}

function grantingApi(api: Api, db: Db) {
  api.post(
    '/tenants/:id/exemptions',
    {
      config: { permission: 'preference.exempt', scope: 'tenant' },
      schema: {
        operationId: 'grantExemption',
        summary: 'Excuse a tenant, and all below it, from a lock above it',
        tags,
        params: TenantParams,
        body: ExemptionInput,
        response: { 201: ExemptionResource },
      },
    },
    (request, reply) => {
      const { actor, params, body } = request
      const facts = { kind: 'exemption.grant', reason: body.reason }
      return createOnce(request, reply, db, facts, async (tx) => {
        const tenant = await requireTenant(tx, actor, 'preference.exempt', params.id)
        const id = await grantExemption(tx, actor, tenant, body)
        return describe(await getExemption(tx, actor, params.id, id), tx.operation.at)
      })
    },
  )
}

function oneExemptionApi(api: Api, db: Db) {
  api.get(
    '/tenants/:id/exemptions/:exemption_id',
    {
      config: { permission: 'preference.view', scope: 'tenant' },
      schema: {
        operationId: 'getExemption',
        summary: 'One exemption of a tenant',
        tags,
        params: ExemptionParams,
        response: { 200: ExemptionResource },
      },
    },
    async ({ actor, params: { id, exemption_id } }) =>
      describe(await getExemption(db, actor, id, exemption_id), db.now()),
  )

  api.delete(
    '/tenants/:id/exemptions/:exemption_id',
    {
      config: { permission: 'preference.exempt', scope: 'tenant' },
      schema: {
        operationId: 'withdrawExemption',
        summary: 'End an exemption',
        tags,
        params: ExemptionParams,
        response: { 204: Nothing },
      },
    },
    async ({ actor, params: { id, exemption_id } }, reply) => {
      await operation(db, actor, 'exemption.withdraw', async (tx) => {
        const tenant = await requireTenant(tx, actor, 'preference.exempt', id)
        await withdrawExemption(tx, actor, tenant, exemption_id)
      })
      return reply.code(204).send(null)
    },
  )
}

function describe(
  { tenant_name: _, lock_tenant_name: __, withdrawable: ___, ...exemption }: ListedExemption,
  now: string,
) {
  const hasExpired = exemption.expires_at !== null && exemption.expires_at <= now
  return { ...exemption, state: hasExpired ? ('expired' as const) : ('in_force' as const) }
}
