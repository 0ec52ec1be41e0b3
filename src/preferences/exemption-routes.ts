import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Actor } from '../access/actor.ts'
import { requireTenant } from '../access/visible.ts'
import type { Db } from '../db/connection.ts'
import { operation } from '../db/operation.ts'
import { Conflict, Forbidden, Invalid } from '../errors.ts'
import { getTenantHead, readTenantId } from '../tenants/head.ts'
import { type Form, freshForm, parseForm, typed } from '../web/form.ts'
import { readQuery } from '../web/query.ts'
import { parseInstant } from '../web/time.ts'
import { getPreference } from './catalogue.ts'
import { grantExemption, withdrawExemption } from './commands.ts'
import { type ListedExemption, getExemption } from './exemptions.ts'
import { toRow } from './explain.ts'
import { measureImpact } from './impact.ts'
import { toImpactView } from './impact-view.ts'
import { getPreferenceInEffect, rightsOver } from './queries.ts'
import { views } from './views.ts'

/** How long an exemption may be offered to last, in days; '' is without an end. */
const DAYS: Record<string, number | null> = { '1': 1, '7': 7, '30': 30, '90': 90, never: null }

const ExemptionForm = z.strictObject({
  reason: z
    .string()
    .trim()
    .min(1, 'Say why: whoever looks at this later will ask.')
    .max(500, 'Use 500 characters or fewer.'),
  ticket: z.string().trim().max(100, 'Use 100 characters or fewer.').default(''),
  lasts: z.enum([...Object.keys(DAYS), 'until'], 'Choose how long it lasts.'),
  until: z.string().max(40).default(''),
})

/** The tenant on whose page the exemption was withdrawn: the exempt one, or the one with the lock. */
const WithdrawalForm = z.strictObject({
  from: z
    .string()
    .regex(/^\d{1,15}$/, 'This is not a tenant.')
    .optional(),
})

type Params = { id: string; key: string }

/** Granting an exemption from a lock that holds a tenant, and taking it away. */
export function exemptionRoutes(app: FastifyInstance, db: Db) {
  app.get<{ Params: Params }>(
    '/tenants/:id/preferences/:key/exemption',
    { config: { permission: 'preference.exempt', scope: 'tenant' } },
    async ({ actor, params }, reply) => {
      const subject = await readLocked(db, actor, readTenantId(params.id), params.key)
      return reply.page(views.exempt({ ...subject, form: freshForm({ lasts: '7' }) }))
    },
  )

  app.post<{ Params: Params }>(
    '/tenants/:id/preferences/:key/exemption',
    { config: { permission: 'preference.exempt', scope: 'tenant' } },
    async ({ actor, params, body }, reply) => {
      const id = readTenantId(params.id)
      const subject = await readLocked(db, actor, id, params.key)
      const refused = await grant(db, actor, id, params.key, subject.lock_tenant_id, body)
      if (refused) return reply.code(422).page(views.exempt({ ...subject, form: refused }))
      return reply.done(
        `/tenants/${id}/preferences#${params.key}`,
        `${subject.head.tenant.name} is exempt from ${subject.row.label}.`,
      )
    },
  )

  withdrawalRoutes(app, db)
}

type WithdrawalParams = { id: string; exemption_id: string }

function withdrawalRoutes(app: FastifyInstance, db: Db) {
  app.get<{ Params: WithdrawalParams }>(
    '/tenants/:id/exemptions/:exemption_id/withdrawal',
    { config: { permission: 'preference.exempt', scope: 'tenant' } },
    async ({ actor, params, query }, reply) => {
      const id = readTenantId(params.id)
      const { from } = readQuery(WithdrawalForm, query)
      const exemption = await getExemption(db, actor, id, readTenantId(params.exemption_id))
      requireWithdrawable(exemption)
      const preference = getPreference(exemption.key)
      const [head, impact] = await Promise.all([
        getTenantHead(db, actor, id, 'preferences'),
        measureImpact(db, actor, id, preference, { without_exemption: exemption.id }, db.now()),
      ])
      return reply.page(
        views.withdraw({
          head,
          exemption,
          label: preference.label,
          impact: toImpactView(preference, impact),
          from: Number(from ?? id),
        }),
      )
    },
  )

  app.post<{ Params: WithdrawalParams }>(
    '/tenants/:id/exemptions/:exemption_id/withdrawal',
    { config: { permission: 'preference.exempt', scope: 'tenant' } },
    async ({ actor, params, body }, reply) => {
      const id = readTenantId(params.id)
      const parsed = parseForm(WithdrawalForm, body)
      if (!parsed.ok) throw new Invalid(parsed.form.errors)
      const exemption = await getExemption(db, actor, id, readTenantId(params.exemption_id))
      await operation(db, actor, 'exemption.withdraw', async (tx) => {
        const tenant = await requireTenant(tx, actor, 'preference.exempt', id)
        await withdrawExemption(tx, actor, tenant, exemption.id)
      })
      return reply.done(
        `/tenants/${parsed.input.from ?? id}/preferences`,
        'The exemption was withdrawn.',
      )
    },
  )
}

function requireWithdrawable({ withdrawable, lock_tenant_name }: ListedExemption) {
  if (!withdrawable) throw mayNotWaive(lock_tenant_name)
}

const mayNotWaive = (name: string) =>
  new Forbidden(`Only somebody who may exempt tenants at ${name} can waive the lock that it holds.`)

/**
 * A preference that a lock holds at a tenant, and that lock. Throws Conflict when none does, and
 * Forbidden when the actor may not waive it.
 */
async function readLocked(db: Db, actor: Actor, id: number, key: string) {
  const [head, in_effect] = await Promise.all([
    getTenantHead(db, actor, id, 'preferences'),
    getPreferenceInEffect(db, actor, id, db.now(), key),
  ])
  const row = toRow(in_effect, id)
  if (!row.held_by) throw new Conflict(`No lock holds ${row.label} at ${head.tenant.name}.`)
  const { tenant_id } = row.held_by
  if (tenant_id === null || !rightsOver(actor, in_effect.nodes).exempt.includes(tenant_id))
    throw mayNotWaive(row.held_by.name)
  return { head, row, lock: row.held_by, lock_tenant_id: tenant_id }
}

/** Grants what the form asks for and returns null, or the form with what is wrong with it. */
async function grant(
  db: Db,
  actor: Actor,
  tenant_id: number,
  key: string,
  lock_tenant_id: number,
  body: unknown,
): Promise<Form | null> {
  const parsed = parseForm(ExemptionForm, body)
  if (!parsed.ok) return parsed.form
  const { reason, ticket, lasts, until } = parsed.input
  const expires_at =
    lasts === 'until' ? parseInstant(until) : endAfter(db.now(), DAYS[lasts] ?? null)
  if (expires_at === undefined)
    return {
      values: typed(body),
      errors: { until: 'Enter a date and a time, such as 2026-12-31T18:00.' },
    }
  try {
    await operation(db, actor, { kind: 'exemption.grant', reason }, async (tx) => {
      const tenant = await requireTenant(tx, actor, 'preference.exempt', tenant_id)
      const input = { key, lock_tenant_id, reason, ticket, expires_at }
      await grantExemption(tx, actor, tenant, input)
    })
    return null
  } catch (error) {
    if (error instanceof Conflict) return { values: typed(body), errors: { '': error.message } }
    if (!(error instanceof Invalid)) throw error
    const { expires_at: until, lock_tenant_id: lock } = error.fields
    return { values: typed(body), errors: { ...(until && { until }), ...(lock && { '': lock }) } }
  }
}

function endAfter(now: string, days: number | null) {
  if (days === null) return null
  const end = Temporal.Instant.from(now).add({ hours: days * 24 })
  return end.toString({ smallestUnit: 'millisecond' })
}
