import type { Db } from '../db/connection.ts'
import { operation } from '../db/operation.ts'
import type { Api } from '../web/api.ts'
import { Paging } from '../web/api-schemas.ts'
import { createOnce } from '../web/idempotency.ts'
import {
  OrderedRuns,
  ReasonBody,
  RunList,
  RunParams,
  RunResource,
  ScheduleParams,
  SessionList,
  SessionListQuery,
  SessionParams,
  SessionResource,
} from './api-schemas.ts'
import { cancelSession, cancelWindow, runNow } from './commands.ts'
import { describeRun, describeRuns, pageOfRuns } from './run-resource.ts'
import { describeSession, pageOfSessions } from './session-resource.ts'

const tags = ['maintenance']
const reading = { permission: 'schedule.view', scope: 'anywhere' } as const
const running = { permission: 'schedule.run', scope: 'anywhere' } as const

/** What maintenance came to, as JSON: the runs of schedules, and the sessions of computers. */
export function maintenanceApi(api: Api, db: Db) {
  runApi(api, db)
  orderApi(api, db)
  sessionApi(api, db)
}

function runApi(api: Api, db: Db) {
  api.get(
    '/schedules/:id/runs',
    {
      config: reading,
      schema: {
        operationId: 'listRuns',
        summary: 'The windows of a schedule that came, the latest first, and what they came to',
        tags,
        params: ScheduleParams,
        querystring: Paging,
        response: { 200: RunList },
      },
    },
    ({ actor, params, query }) => pageOfRuns(db, actor, params.id, query),
  )

  api.get(
    '/schedules/:id/runs/:run_id',
    {
      config: reading,
      schema: {
        operationId: 'getRun',
        summary: 'One window of a schedule, and what it came to',
        tags,
        params: RunParams,
        response: { 200: RunResource },
      },
    },
    ({ actor, params: { id, run_id } }) => describeRun(db, actor, id, run_id),
  )
}

function orderApi(api: Api, db: Db) {
  api.post(
    '/schedules/:id/runs',
    {
      config: running,
      schema: {
        operationId: 'runSchedule',
        summary: 'Run a schedule now where you may, for as long as its windows are',
        tags,
        params: ScheduleParams,
        body: ReasonBody,
        response: { 201: OrderedRuns },
      },
    },
    (request, reply) => {
      const { actor, params, body } = request
      const what = { kind: 'schedule.run', reason: body.reason || null }
      return createOnce(request, reply, db, what, async (tx) => {
        const { window_ids } = await runNow(tx, actor, params.id, body.reason)
        const runs = await describeRuns(tx, actor, params.id, window_ids)
        return { id: runs[0]!.id, runs }
      })
    },
  )

  api.post(
    '/schedules/:id/runs/:run_id/cancellation',
    {
      config: running,
      schema: {
        operationId: 'cancelRun',
        summary: 'Cancel a window, or only those of its sessions that you may',
        tags,
        params: RunParams,
        body: ReasonBody,
        response: { 200: RunResource },
      },
    },
    ({ actor, params: { id, run_id }, body: { reason } }) =>
      operation(db, actor, { kind: 'window.cancel', reason: reason || null }, async (tx) => {
        await describeRun(tx, actor, id, run_id)
        await cancelWindow(tx, actor, run_id, reason)
        return describeRun(tx, actor, id, run_id)
      }),
  )
}

function sessionApi(api: Api, db: Db) {
  api.get(
    '/sessions',
    {
      config: reading,
      schema: {
        operationId: 'listSessions',
        summary: 'Sessions, the latest first',
        tags,
        querystring: SessionListQuery,
        response: { 200: SessionList },
      },
    },
    ({ actor, query }) => pageOfSessions(db, actor, query),
  )

  api.get(
    '/sessions/:id',
    {
      config: reading,
      schema: {
        operationId: 'getSession',
        summary: 'One computer’s turn in a window',
        tags,
        params: SessionParams,
        response: { 200: SessionResource },
      },
    },
    ({ actor, params }) => describeSession(db, actor, params.id),
  )

  api.post(
    '/sessions/:id/cancellation',
    {
      config: running,
      schema: {
        operationId: 'cancelSession',
        summary: 'Cancel a session that is not over yet',
        tags,
        params: SessionParams,
        body: ReasonBody,
        response: { 200: SessionResource },
      },
    },
    ({ actor, params: { id }, body: { reason } }) =>
      operation(db, actor, { kind: 'session.cancel', reason: reason || null }, async (tx) => {
        await cancelSession(tx, actor, id, reason)
        return describeSession(tx, actor, id)
      }),
  )
}
