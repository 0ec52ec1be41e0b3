import type { Actor } from '../access/actor.ts'
import { requireTenant } from '../access/visible.ts'
import type { Db, Reads } from '../db/connection.ts'
import { operation } from '../db/operation.ts'
import { Conflict } from '../errors.ts'
import { getTenant } from '../tenants/queries.ts'
import type { Api } from '../web/api.ts'
import { Nothing } from '../web/api-schemas.ts'
import { localNow, settleTimes } from './api-input.ts'
import {
  EndQuery,
  OverrideBody,
  StandingList,
  StandingParams,
  StandingQuery,
  StandingResource,
  TenantParams,
} from './override-schemas.ts'
import { type OverrideInput, endOverride, findOverride, overrideSchedule } from './overriding.ts'
import type { Times } from './stored.ts'
import { describeStanding, pageOfStanding } from './standing-resource.ts'

const tags = ['schedules']
const reading = { permission: 'schedule.view', scope: 'tenant' } as const
const writing = { permission: 'schedule.edit', scope: 'tenant' } as const

/** The schedules that reach a tenant, and what it decides about those that it inherits. */
export function scheduleOverrideApi(api: Api, db: Db) {
  readingApi(api, db)
  decidingApi(api, db)
}

function readingApi(api: Api, db: Db) {
  api.get(
    '/tenants/:id/schedules',
    {
      config: reading,
      schema: {
        operationId: 'listTenantSchedules',
        summary: 'The schedules that reach a tenant, how each stands there, and why',
        tags,
        params: TenantParams,
        querystring: StandingQuery,
        response: { 200: StandingList },
      },
    },
    ({ actor, params, query }) => pageOfStanding(db, actor, params.id, query),
  )

  api.get(
    '/tenants/:id/schedules/:schedule_id',
    {
      config: reading,
      schema: {
        operationId: 'getTenantSchedule',
        summary: 'How one schedule stands for a tenant, and why',
        tags,
        params: StandingParams,
        response: { 200: StandingResource },
      },
    },
    ({ actor, params: { id, schedule_id } }) => describeStanding(db, actor, id, schedule_id),
  )
}

function decidingApi(api: Api, db: Db) {
  api.put(
    '/tenants/:id/schedules/:schedule_id',
    {
      config: writing,
      schema: {
        operationId: 'overrideTenantSchedule',
        summary: 'Switch an inherited schedule off or on at a tenant, or give it times of its own',
        tags,
        params: StandingParams,
        body: OverrideBody,
        response: { 200: StandingResource },
      },
    },
    ({ actor, params: { id, schedule_id }, body: { version, ...decision } }) =>
      operation(db, actor, 'schedule.override', async (tx) => {
        await requireTenant(tx, actor, 'schedule.edit', id)
        const seen = await requireVersion(tx, actor, id, schedule_id, version)
        const { path } = await getTenant(tx, actor, id)
        const input = await readDecision(tx, path, decision, tx.operation.at)
        await overrideSchedule(tx, actor, id, schedule_id, input, seen)
        return describeStanding(tx, actor, id, schedule_id)
      }),
  )

  api.delete(
    '/tenants/:id/schedules/:schedule_id',
    {
      config: writing,
      schema: {
        operationId: 'inheritTenantSchedule',
        summary: 'Take what a tenant decides about a schedule away, so that it inherits it again',
        tags,
        params: StandingParams,
        querystring: EndQuery,
        response: { 204: Nothing },
      },
    },
    async ({ actor, params: { id, schedule_id }, query: { version } }, reply) => {
      await requireTenant(db, actor, 'schedule.edit', id)
      if (version || (await findOverride(db, actor, id, schedule_id)))
        await operation(db, actor, 'schedule.inherit', async (tx) => {
          const seen = await requireVersion(tx, actor, id, schedule_id, version)
          await endOverride(tx, actor, id, schedule_id, seen)
        })
      return reply.code(204).send(null)
    },
  )
}

type Decision = { form: 'off' | 'on' } | ({ form: 'own' } & Times)

async function readDecision(
  db: Reads,
  path: string,
  decision: Decision,
  now: string,
): Promise<OverrideInput> {
  if (decision.form !== 'own') return { form: decision.form, times: null }
  const { form, ...times } = decision
  return { form, times: settleTimes(times, await localNow(db, path, times, now)) }
}

/**
 * The version of what a tenant decides itself; 0 for nothing. Throws Conflict for whoever saw another,
 * and shows what is there now.
 */
async function requireVersion(
  db: Reads,
  actor: Actor,
  id: number,
  schedule_id: number,
  version: number | undefined,
) {
  const own = await findOverride(db, actor, id, schedule_id)
  const present = own?.version ?? 0
  if (version === undefined || version === present) return present
  const current = await describeStanding(db, actor, id, schedule_id)
  throw new Conflict(`What is decided here is at version ${present} now.`, current)
}
