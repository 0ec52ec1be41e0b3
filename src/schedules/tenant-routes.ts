import type { FastifyInstance } from 'fastify'
import type { Actor } from '../access/actor.ts'
import { permits } from '../access/decide.ts'
import { requireTenant } from '../access/visible.ts'
import type { Db } from '../db/connection.ts'
import { operation } from '../db/operation.ts'
import { Conflict, Forbidden } from '../errors.ts'
import { valuesInEffect } from '../preferences/in-effect.ts'
import { getTenantHead, readTenantId } from '../tenants/head.ts'
import { getTenant } from '../tenants/queries.ts'
import { type Form, freshForm, typed, withError } from '../web/form.ts'
import { typedNow } from './editing.ts'
import { readScheduleId } from './head.ts'
import { TIME_ZONE } from './option-keys.ts'
import { overrideForm, readOverrideForm } from './override-form.ts'
import { type OverrideInput, endOverride, findOverride, overrideSchedule } from './overriding.ts'
import { getStanding, standingToldTo } from './standing.ts'
import { explain, standingInWords } from './standing-words.ts'
import { type Fields, pressed, withoutButton } from './times-form.ts'
import { views } from './views.ts'
import { zoneNames } from '../web/zones.ts'

type Id = { Params: { id: string } }
type Inherited = { Params: { id: string; schedule_id: string } }

/** The schedules of a tenant, its own and those that it inherits, and what it decides about these. */
export function tenantScheduleRoutes(app: FastifyInstance, db: Db) {
  const config = { permission: 'schedule.view', scope: 'tenant' } as const

  app.get<Id>('/tenants/:id/schedules', { config }, async ({ actor, params }, reply) => {
    const id = readTenantId(params.id)
    const head = await getTenantHead(db, actor, id, 'schedules')
    const at = await requireTenant(db, actor, 'schedule.view', id)
    const lines = (await standingToldTo(db, actor, at)).map((one) =>
      standingInWords(one, id, actor.access),
    )
    const may_create = permits(actor.access, 'schedule.edit', head.tenant.path)
    return reply.page(views.tenant({ head, lines, may_create }))
  })

  app.get<Inherited>(
    '/tenants/:id/schedules/:schedule_id',
    { config },
    async ({ actor, params }, reply) => {
      const place = placeOf(params)
      if (await isOwner(db, actor, place))
        return reply.redirect(`/schedules/${place.schedule_id}`, 303)
      return reply.page(await draw(db, actor, place))
    },
  )

  app.post<Inherited>(
    '/tenants/:id/schedules/:schedule_id',
    { config: { permission: 'schedule.edit', scope: 'tenant' } },
    async ({ actor, params, body }, reply) => {
      const place = placeOf(params)
      const { press, fields } = withoutButton(body)
      const form = freshForm(typed(fields))
      const again = pressed(form.values, press)
      if (again) return reply.page(await draw(db, actor, place, freshForm(again)))
      const { path } = await getTenant(db, actor, place.id)
      const read = readOverrideForm(fields, await typedNow(db, path, form.values))
      if (!read.ok) return reply.code(422).page(await draw(db, actor, place, read.form))
      try {
        await decide(db, actor, place, read.decision, read.version)
      } catch (error) {
        if (!(error instanceof Conflict || error instanceof Forbidden)) throw error
        const refused = withError(await newest(db, actor, place, form), '', error.message)
        return reply.code(409).page(await draw(db, actor, place, refused))
      }
      return reply.done(`/tenants/${params.id}/schedules`, done(read.decision))
    },
  )
}

type Place = { id: number; schedule_id: number }

const placeOf = (params: Inherited['Params']): Place => ({
  id: readTenantId(params.id),
  schedule_id: readScheduleId(params.schedule_id),
})

const isOwner = async (db: Db, actor: Actor, { id, schedule_id }: Place) =>
  (await getStanding(db, actor, id, schedule_id)).tenant_id === id

/** The page of an inherited schedule; without a form, with what is decided here. */
async function draw(db: Db, actor: Actor, { id, schedule_id }: Place, form?: Form) {
  const head = await getTenantHead(db, actor, id, 'schedules')
  const schedule = await getStanding(db, actor, id, schedule_id)
  const own = await findOverride(db, actor, id, schedule_id)
  const zone = String((await valuesInEffect(db, id, [TIME_ZONE], db.now()))[TIME_ZONE])
  return views.standing({
    head,
    schedule,
    line: standingInWords(schedule, id, actor.access),
    steps: explain(schedule),
    opens_schedule: permits(actor.access, 'schedule.view', schedule.path),
    may_decide: permits(actor.access, 'schedule.edit', head.tenant.path),
    own,
    form: form ?? overrideForm(own, schedule.times, zone),
    zones: zoneNames(),
  })
}

const decide = (
  db: Db,
  actor: Actor,
  { id, schedule_id }: Place,
  decision: OverrideInput | null,
  version: number,
) =>
  decision
    ? operation(db, actor, 'schedule.override', (tx) =>
        overrideSchedule(tx, actor, id, schedule_id, decision, version),
      )
    : operation(db, actor, 'schedule.inherit', (tx) =>
        endOverride(tx, actor, id, schedule_id, version),
      )

/** What was typed, with the version that may now be saved over. */
async function newest(db: Db, actor: Actor, { id, schedule_id }: Place, form: Form): Promise<Form> {
  const own = await findOverride(db, actor, id, schedule_id)
  const values: Fields = { ...form.values, version: String(own?.version ?? 0) }
  return freshForm(values)
}

const done = (decision: OverrideInput | null) => {
  if (!decision) return 'The schedule is inherited as it was decided above.'
  return {
    off: 'The schedule was switched off here.',
    on: 'The schedule was switched on here.',
    own: 'The schedule has times of its own here.',
  }[decision.form]
}
