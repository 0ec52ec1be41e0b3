import type { Actor } from '../access/actor.ts'
import type { Db, Reads } from '../db/connection.ts'
import { type Tx, operation } from '../db/operation.ts'
import type { Api } from '../web/api.ts'
import { Nothing } from '../web/api-schemas.ts'
import { createOnce } from '../web/idempotency.ts'
import { inVersion } from '../web/version.ts'
import {
  NewSchedule,
  ScheduleList,
  ScheduleListQuery,
  ScheduleParams,
  SchedulePatch,
  ScheduleResource,
} from './api-schemas.ts'
import { duplicateSchedule, setScheduleState, updateSchedule } from './commands.ts'
import { byApiFields, createAsSent } from './creating.ts'
import { forecastApi } from './forecast-api.ts'
import { scheduleOverrideApi } from './override-api.ts'
import { planPatch } from './patching.ts'
import { getSchedule } from './queries.ts'
import { describeSchedule, pageOfSchedules } from './resource.ts'
import { tenantWindowApi } from './windows-api.ts'

const tags = ['schedules']
const reading = { permission: 'schedule.view', scope: 'anywhere' } as const
const writing = { permission: 'schedule.edit', scope: 'anywhere' } as const
const LIST = '/api/v1/schedules'

/** Schedules as JSON, and how they stand for tenants. */
export function scheduleApi(api: Api, db: Db) {
  readingApi(api, db)
  creatingApi(api, db)
  copyingApi(api, db)
  updatingApi(api, db)
  deletingApi(api, db)
  scheduleOverrideApi(api, db)
  forecastApi(api, db)
  tenantWindowApi(api, db)
}

function readingApi(api: Api, db: Db) {
  api.get(
    '/schedules',
    {
      config: reading,
      schema: {
        operationId: 'listSchedules',
        summary: 'Schedules by name',
        tags,
        querystring: ScheduleListQuery,
        response: { 200: ScheduleList },
      },
    },
    ({ actor, query }) => pageOfSchedules(db, actor, query),
  )

  api.get(
    '/schedules/:id',
    {
      config: reading,
      schema: {
        operationId: 'getSchedule',
        summary: 'One schedule, deleted or not',
        tags,
        params: ScheduleParams,
        response: { 200: ScheduleResource },
      },
    },
    ({ actor, params }) => describeSchedule(db, actor, params.id),
  )
}

function creatingApi(api: Api, db: Db) {
  api.post(
    '/schedules',
    {
      config: writing,
      schema: {
        operationId: 'createSchedule',
        summary: 'A new schedule',
        tags,
        body: NewSchedule,
        response: { 201: ScheduleResource },
      },
    },
    (request, reply) => {
      const { actor, body } = request
      return createOnce(request, reply, db, 'schedule.create', async (tx) =>
        describeSchedule(tx, actor, await createAsSent(tx, actor, body)),
      )
    },
  )
}

function copyingApi(api: Api, db: Db) {
  api.post(
    '/schedules/:id/copies',
    {
      config: writing,
      schema: {
        operationId: 'duplicateSchedule',
        summary:
          'A disabled copy of a schedule, for what it can still reach, under a name of its own',
        tags,
        params: ScheduleParams,
        response: { 201: ScheduleResource },
      },
    },
    (request, reply) => {
      const { actor, params } = request
      const copy = async (tx: Tx) => {
        const { id } = await byApiFields(() => duplicateSchedule(tx, actor, params.id))
        return describeSchedule(tx, actor, id)
      }
      return createOnce(request, reply, db, 'schedule.duplicate', copy, { list: LIST })
    },
  )
}

function updatingApi(api: Api, db: Db) {
  api.patch(
    '/schedules/:id',
    {
      config: writing,
      schema: {
        operationId: 'updateSchedule',
        summary: 'Change a schedule, enable it or disable it',
        tags,
        params: ScheduleParams,
        body: SchedulePatch,
        response: { 200: ScheduleResource },
      },
    },
    async ({ actor, params: { id }, body: { version, state, ...patch } }) => {
      const plan = async (reads: Reads) => {
        const schedule = await getSchedule(reads, actor, id, 'schedule.edit')
        const facts = await planPatch(reads, actor, schedule, patch, db.now())
        return { schedule, facts, state: state === schedule.state ? undefined : state }
      }
      const foreseen = await plan(db)
      if (!foreseen.facts && !foreseen.state) return getVersion(db, actor, id, version)
      const kind = foreseen.facts ? 'update' : foreseen.state === 'enabled' ? 'enable' : 'disable'
      return operation(db, actor, `schedule.${kind}`, async (tx) => {
        await getVersion(tx, actor, id, version)
        const { schedule, facts, state } = await plan(tx)
        if (facts) await byApiFields(() => updateSchedule(tx, actor, id, facts, schedule.version))
        if (state) await setScheduleState(tx, actor, id, state)
        return describeSchedule(tx, actor, id)
      })
    },
  )
}

/** The schedule as it is. Throws Conflict when it has another version than the one asked for. */
async function getVersion(db: Reads, actor: Actor, id: number, version: number | undefined) {
  const current = await describeSchedule(db, actor, id)
  return inVersion(current, `“${current.name}”`, version)
}

function deletingApi(api: Api, db: Db) {
  api.delete(
    '/schedules/:id',
    {
      config: writing,
      schema: {
        operationId: 'deleteSchedule',
        summary: 'Delete a schedule, which can be restored',
        tags,
        params: ScheduleParams,
        response: { 204: Nothing },
      },
    },
    async ({ actor, params: { id } }, reply) => {
      const { state } = await getSchedule(db, actor, id, 'schedule.edit')
      if (state !== 'deleted')
        await operation(db, actor, 'schedule.delete', (tx) =>
          setScheduleState(tx, actor, id, 'deleted'),
        )
      return reply.code(204).send(null)
    },
  )

  api.post(
    '/schedules/:id/restoration',
    {
      config: writing,
      schema: {
        operationId: 'restoreSchedule',
        summary: 'Bring a deleted schedule back, disabled at first',
        tags,
        params: ScheduleParams,
        response: { 200: ScheduleResource },
      },
    },
    async ({ actor, params: { id } }) => {
      const { state } = await getSchedule(db, actor, id, 'schedule.edit')
      if (state === 'deleted')
        await operation(db, actor, 'schedule.restore', (tx) => restore(tx, actor, id))
      return describeSchedule(db, actor, id)
    },
  )
}

/** Somebody else may have restored it, and enabled it, meanwhile. */
async function restore(tx: Tx, actor: Actor, id: number) {
  const { state } = await getSchedule(tx, actor, id, 'schedule.edit')
  if (state === 'deleted') await setScheduleState(tx, actor, id, 'disabled')
}
