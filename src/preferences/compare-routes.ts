import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Actor } from '../access/actor.ts'
import { permits } from '../access/decide.ts'
import { listOperations } from '../audit/queries.ts'
import type { Db } from '../db/connection.ts'
import { NotFound } from '../errors.ts'
import { getTenantHead, readTenantId } from '../tenants/head.ts'
import { type Form, parseForm, typed, withError } from '../web/form.ts'
import { parseInstant } from '../web/time.ts'
import { type Comparison, comparePreferences, type Moments } from './compare.ts'
import { views } from './views.ts'

const MOMENTS_OFFERED = 20

const Moment = z
  .string('Give one moment.')
  .max(100)
  .default('')
  .refine((text) => text === '' || parseInstant(text) !== undefined, {
    error: 'Enter a date and a time, such as 2026-03-03T02:00.',
  })

const CompareQuery = z.strictObject({
  from: Moment,
  to: Moment,
  all: z.enum(['', 'on']).default(''),
})

/** What was in effect for a tenant at two moments, side by side. */
export function compareRoutes(app: FastifyInstance, db: Db) {
  app.get<{ Params: { id: string } }>(
    '/tenants/:id/compare',
    { config: { permission: 'preference.view', scope: 'tenant' } },
    async ({ actor, params, query }, reply) => {
      const id = readTenantId(params.id)
      const head = await getTenantHead(db, actor, id, 'history')
      const { form, moments, comparison } = await compare(db, actor, id, query)
      const has_errors = Object.keys(form.errors).length > 0
      return reply.code(has_errors ? 422 : 200).page(
        views.compare({
          head,
          form,
          moments,
          comparison,
          shows_all: form.values['all'] === 'on',
          offered: await offerMoments(db, actor, head.tenant),
        }),
      )
    },
  )
}

type Compared = { form: Form; moments: Moments | null; comparison: Comparison | null }

async function compare(db: Db, actor: Actor, id: number, query: unknown): Promise<Compared> {
  const parsed = parseForm(CompareQuery, query)
  if (!parsed.ok) return { form: parsed.form, moments: null, comparison: null }
  const form: Form = { values: typed(query), errors: {} }
  const { from, to } = parsed.input
  if (from === '') return { form, moments: null, comparison: null }
  const moments = { from: parseInstant(from)!, to: to === '' ? null : parseInstant(to)! }
  if (moments.to !== null && moments.to < moments.from)
    return refuse(form, 'to', 'This is before the first moment.')
  try {
    return { form, moments, comparison: await comparePreferences(db, actor, id, moments, db.now()) }
  } catch (error) {
    if (!(error instanceof NotFound)) throw error
    return refuse(form, 'from', 'This tenant did not exist at that time.')
  }
}

const refuse = (form: Form, field: string, message: string): Compared => ({
  form: withError(form, field, message),
  moments: null,
  comparison: null,
})

/** The moments just before what was last done to the tenant, for whoever may see its history. */
async function offerMoments(db: Db, actor: Actor, tenant: { id: number; path: string }) {
  if (!permits(actor.access, 'history.view', tenant.path)) return []
  const { operations } = await listOperations(db, actor, tenant.id, undefined, MOMENTS_OFFERED)
  return operations.map(({ id, at, what, actor_name }) => ({
    id,
    at,
    what,
    actor_name,
    href: `/tenants/${tenant.id}/compare?from=${justBefore(at)}`,
  }))
}

const justBefore = (instant: string) =>
  Temporal.Instant.from(instant)
    .subtract({ milliseconds: 1 })
    .toString({ smallestUnit: 'millisecond' })
