import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Actor } from '../access/actor.ts'
import type { Db } from '../db/connection.ts'
import { operation } from '../db/operation.ts'
import { Invalid } from '../errors.ts'
import { type Tenant, findTenant } from '../tenants/queries.ts'
import { type Form, freshForm, typed, withError, withRefusal } from '../web/form.ts'
import { stateField } from '../web/list-state.ts'
import { idText, readId } from '../web/numbers.ts'
import type { SavedOver } from '../web/saved-over.ts'
import { chosenOutOfSight, readChosen } from './chosen.ts'
import { type ScheduleInput, createSchedule, updateSchedule } from './commands.ts'
import { conflictOf } from './comparing.ts'
import { type Draft, forecastDraft } from './draft-forecast.ts'
import {
  choicesAt,
  findOwner,
  formOf,
  formOfNew,
  ownerSoFar,
  typedNow,
  usualOwner,
} from './editing.ts'
import { type Said, readScheduleForm } from './form.ts'
import { refuseFrozen } from './frozen.ts'
import { type ScheduleHead, getScheduleHead, readScheduleId } from './head.ts'
import { listChosen } from './targets.ts'
import { type Fields, pressed, withoutButton } from './times-form.ts'
import { views } from './views.ts'
import { renamedZone } from './zone-names.ts'

type Id = { Params: { id: string } }

const From = z.object({ tenant: stateField(z.string().max(10_000), '') })

const Version = idText('Open this page again.')

const config = { permission: 'schedule.edit', scope: 'anywhere' } as const

/** The pages that make a schedule and change it. */
export function scheduleFormRoutes(app: FastifyInstance, db: Db) {
  makeSchedules(app, db)
  editSchedules(app, db)
}

function makeSchedules(app: FastifyInstance, db: Db) {
  const draw = async (actor: Actor, tenant: Tenant, form: Form, draft: Draft | null = null) =>
    views.newSchedule({ form, draft, choices: await choicesAt(db, actor, tenant, form.values) })

  app.get('/schedules/new', { config }, async ({ actor, query }, reply) => {
    const id = readId(From.parse(query).tenant)
    const asked = id === undefined ? undefined : await findTenant(db, actor, id)
    const owner = asked ?? (await usualOwner(db, actor))
    return reply.page(await draw(actor, owner, await formOfNew(db, actor, owner)))
  })

  app.post('/schedules', { config }, async ({ actor, body }, reply) => {
    const { press, fields } = withoutButton(body)
    const form = freshForm(typed(fields))
    const text = form.values['tenant'] ?? ''
    const shown = (await ownerSoFar(db, actor, text)) ?? (await usualOwner(db, actor))
    if (press === 'forecast') {
      const draft = await forecastDraft(db, actor, form.values, null)
      const drawn = await draw(actor, shown, { ...form, errors: draft.errors }, draft)
      return reply.code(draft.forecast ? 200 : 422).page(drawn)
    }
    const again = pressed(form.values, press)
    if (again) return reply.page(await draw(actor, shown, freshForm(again)))
    const read = readScheduleForm(fields, 'tenant', await typedNow(db, shown.path, form.values))
    if (!read.ok) return reply.code(422).page(await draw(actor, shown, read.form))
    try {
      const owner = await findOwner(db, actor, text)
      const input = await readInput(db, actor, owner.path, read.said, [])
      const id = await operation(db, actor, 'schedule.create', (tx) =>
        createSchedule(tx, actor, owner.id, input),
      )
      const done = `The schedule “${input.name}” was created.`
      return reply.done(`/schedules/${id}`, done + renamedIn(form.values))
    } catch (error) {
      return reply.code(422).page(await draw(actor, shown, withRefusal(form, error)))
    }
  })
}

function editSchedules(app: FastifyInstance, db: Db) {
  const draw = async (
    actor: Actor,
    head: ScheduleHead,
    form: Form,
    {
      saved_over = null,
      draft = null,
    }: { saved_over?: SavedOver | null; draft?: Draft | null } = {},
  ) => {
    const { tenant_id: id, path } = head.schedule
    return views.edit({
      head,
      form,
      saved_over,
      draft,
      choices: await choicesAt(db, actor, { id, path }, form.values),
    })
  }

  app.get<Id>('/schedules/:id/edit', { config }, async ({ actor, params }, reply) => {
    const head = await headToEdit(db, actor, params.id)
    return reply.page(await draw(actor, head, await formOf(db, actor, head.schedule)))
  })

  app.post<Id>('/schedules/:id/edit', { config }, async ({ actor, params, body }, reply) => {
    const head = await headToEdit(db, actor, params.id)
    const { id } = head.schedule
    const { press, fields } = withoutButton(body)
    const form = freshForm(typed(fields))
    if (press === 'forecast') {
      const draft = await forecastDraft(db, actor, form.values, id)
      const drawn = await draw(actor, head, { ...form, errors: draft.errors }, { draft })
      return reply.code(draft.forecast ? 200 : 422).page(drawn)
    }
    const again = pressed(form.values, press)
    if (again) return reply.page(await draw(actor, head, freshForm(again)))
    const read = await readEdited(db, head, fields)
    if (!read.ok) return reply.code(422).page(await draw(actor, head, read.form))
    try {
      await saveEdited(db, actor, head, read.said, Number(form.values['version']))
      const done = `The schedule “${read.said.name}” was updated.`
      return reply.done(`/schedules/${id}`, done + renamedIn(form.values))
    } catch (error) {
      const conflict = await conflictOf(db, actor, id, { form, said: read.said }, error)
      if (conflict) return reply.code(409).page(await draw(actor, head, conflict.form, conflict))
      return reply.code(422).page(await draw(actor, head, withRefusal(form, error)))
    }
  })
}

async function saveEdited(db: Db, actor: Actor, head: ScheduleHead, said: Said, version: number) {
  const { id, path } = head.schedule
  const hidden = await chosenOutOfSight(db, actor, id)
  const input = await readInput(db, actor, path, said, hidden)
  if (await differs(db, head, input, version))
    await operation(db, actor, 'schedule.update', (tx) =>
      updateSchedule(tx, actor, id, input, version),
    )
}

const headToEdit = (db: Db, actor: Actor, id: string) =>
  getScheduleHead(db, actor, readScheduleId(id), 'edit', 'schedule.edit')

/** Reads the form of a schedule that there is. Times that have passed may stay as they are. */
async function readEdited(db: Db, { schedule }: ScheduleHead, fields: Record<string, unknown>) {
  const read = readScheduleForm(fields, 'version')
  if (!Version.safeParse(fields['version']).success)
    return {
      ok: false as const,
      form: withError(formFrom(read, fields), '', 'Open this page again.'),
    }
  if (!read.ok || sameTimes(read.said, schedule)) return read
  return readScheduleForm(fields, 'version', await typedNow(db, schedule.path, typed(fields)))
}

const formFrom = (read: ReturnType<typeof readScheduleForm>, fields: unknown) =>
  read.ok ? freshForm(typed(fields)) : read.form

const sameTimes = (one: Said, other: ScheduleHead['schedule']) =>
  JSON.stringify([one.rules, one.zone_of, one.zone]) ===
  JSON.stringify([other.rules, other.zone_of, other.zone])

/** What a form says, with the chosen computers that it does not show. */
async function readInput(
  db: Db,
  actor: Actor,
  path: string,
  { computers, ...facts }: Said,
  hidden: number[],
) {
  await refuseFrozen(db, path, facts, db.now())
  if (facts.target !== 'computers') return { ...facts, computer_ids: [] }
  const shown = await readChosen(db, actor, path, computers)
  const computer_ids = [...new Set([...shown, ...hidden])]
  if (computer_ids.length === 0) throw new Invalid({ computers: 'Choose at least one computer.' })
  return { ...facts, computer_ids }
}

/** What is said where a zone was typed under a name that it has no more. */
function renamedIn({ zone_of, zone = '' }: Fields) {
  const renamed = zone_of === 'fixed' && renamedZone(zone)
  return renamed ? ` ${renamed}` : ''
}

/** Whether a schedule would be another after an update, or was changed meanwhile. */
async function differs(
  db: Db,
  { schedule }: ScheduleHead,
  { computer_ids, ...facts }: ScheduleInput,
  version: number,
) {
  if (version !== schedule.version || schedule.state === 'deleted') return true
  const chosen = await listChosen(db, schedule.id)
  const isSame = Object.entries(facts).every(
    ([name, value]) =>
      JSON.stringify(value) === JSON.stringify(schedule[name as keyof typeof facts]),
  )
  return !isSame || chosen.join() !== computer_ids.toSorted((a, b) => a - b).join()
}
