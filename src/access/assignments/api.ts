import { z } from 'zod'
import type { Db } from '../../db/connection.ts'
import { operation } from '../../db/operation.ts'
import { Invalid } from '../../errors.ts'
import type { Api } from '../../web/api.ts'
import {
  Instant,
  InstantText,
  NextCursor,
  Nothing,
  Paging,
  TenantId,
  TenantIdText,
} from '../../web/api-schemas.ts'
import { decodeCursor, encodeCursor } from '../../web/cursor.ts'
import { createOnce } from '../../web/idempotency.ts'
import { idText } from '../../web/numbers.ts'
import { assignRole, withdrawAssignment } from './commands.ts'
import { ReasonText } from './form.ts'
import { type ListedAssignment, getAssignment, listAssignments } from './queries.ts'

const tags = ['access']

const AssignmentResource = z
  .strictObject({
    id: z.int(),
    tenant_id: z.int().describe('The node for which it holds, with everything below.'),
    who: z.strictObject({
      kind: z.enum(['person', 'group']),
      id: z.int().nullable().describe('Null for somebody whom you may not see.'),
      name: z.string(),
    }),
    role_id: z.int().nullable().describe('Null where everything is denied.'),
    effect: z.enum(['allow', 'deny']),
    reason: z.string(),
    expires_at: Instant.nullable(),
    state: z.enum(['in_force', 'expired']),
    by: z.string(),
    at: Instant,
  })
  .meta({ id: 'Assignment' })

const Id = z.int('Give an id.').positive('Give an id.')

const NewAssignment = z
  .strictObject({
    tenant_id: TenantId,
    person_id: Id.optional(),
    group_id: Id.optional(),
    role_id: Id.nullable().describe('Null denies everything.'),
    effect: z.enum(['allow', 'deny'], 'Give allow or deny.').default('allow'),
    expires_at: InstantText.nullable().default(null).describe('Null: until it is withdrawn.'),
    reason: ReasonText.default(''),
  })
  .refine(
    ({ person_id, group_id }) => (person_id === undefined) !== (group_id === undefined),
    'Give either person_id or group_id.',
  )

const ListQuery = Paging.extend({
  tenant_id: TenantIdText.optional(),
  person_id: idText().optional(),
  group_id: idText().optional(),
})

const Params = z.strictObject({ id: idText() })

const reading = { permission: 'access.view', scope: 'anywhere' } as const
const writing = { permission: 'access.grant', scope: 'anywhere' } as const

/** Assignments of roles as JSON. */
export function assignmentApi(api: Api, db: Db) {
  readingApi(api, db)
  writingApi(api, db)
}

function readingApi(api: Api, db: Db) {
  api.get(
    '/assignments',
    {
      config: reading,
      schema: {
        operationId: 'listAssignments',
        summary: 'What is given and denied where you may see it, the newest first',
        tags,
        querystring: ListQuery,
        response: {
          200: z.strictObject({
            assignments: z.array(AssignmentResource),
            next_cursor: NextCursor,
          }),
        },
      },
    },
    async ({ actor, query: { limit, cursor, ...filter } }) => {
      const before = cursor === undefined ? null : Number(decodeCursor(cursor, 1)[0])
      const found = await listAssignments(db, actor, filter, { limit: limit + 1, before })
      const page = found.slice(0, limit)
      return {
        assignments: page.map((one) => describe(one, db.now())),
        next_cursor: found.length > limit ? encodeCursor([page.at(-1)!.id]) : null,
      }
    },
  )

  api.get(
    '/assignments/:id',
    {
      config: reading,
      schema: {
        operationId: 'getAssignment',
        summary: 'One assignment',
        tags,
        params: Params,
        response: { 200: AssignmentResource },
      },
    },
    async ({ actor, params }) => describe(await getAssignment(db, actor, params.id), db.now()),
  )
}

function writingApi(api: Api, db: Db) {
  api.post(
    '/assignments',
    {
      config: writing,
      schema: {
        operationId: 'assignRole',
        summary: 'Give somebody a role at a tenant and below, or deny it',
        tags,
        body: NewAssignment,
        response: { 201: AssignmentResource },
      },
    },
    (request, reply) => {
      const { person_id, group_id, ...given } = request.body
      const subject = person_id === undefined ? { group_id: group_id! } : { person_id }
      const kind = given.effect === 'deny' ? 'access.deny' : 'access.grant'
      const facts = { kind, reason: given.reason || null }
      return createOnce(request, reply, db, facts, async (tx) => {
        const id = await assignRole(tx, request.actor, { subject, ...given }).catch(atFields)
        return describe(await getAssignment(tx, request.actor, id), tx.operation.at)
      })
    },
  )

  api.delete(
    '/assignments/:id',
    {
      config: writing,
      schema: {
        operationId: 'withdrawAssignment',
        summary: 'End an assignment',
        tags,
        params: Params,
        response: { 204: Nothing },
      },
    },
    async ({ actor, params: { id } }, reply) => {
      await operation(db, actor, 'access.withdraw', async (tx) => {
        const { tenant_id } = await getAssignment(tx, actor, id)
        await withdrawAssignment(tx, actor, tenant_id, id)
      })
      return reply.code(204).send(null)
    },
  )
}

/** The form calls the fields otherwise. */
function atFields(error: unknown): never {
  if (!(error instanceof Invalid)) throw error
  const { who, role, ...others } = error.fields
  throw new Invalid({ ...others, ...(who && { person_id: who }), ...(role && { role_id: role }) })
}

function describe({ tenant_name: _, role: __, ...assignment }: ListedAssignment, now: string) {
  const has_expired = assignment.expires_at !== null && assignment.expires_at <= now
  return { ...assignment, state: has_expired ? ('expired' as const) : ('in_force' as const) }
}
