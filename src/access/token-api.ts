import { z } from 'zod'
import type { Db } from '../db/connection.ts'
import { operation } from '../db/operation.ts'
import { Invalid } from '../errors.ts'
import type { Api } from '../web/api.ts'
import { Instant, Nothing } from '../web/api-schemas.ts'
import { createOnce } from '../web/idempotency.ts'
import { NameText } from '../web/names.ts'
import { idText } from '../web/numbers.ts'
import type { Actor } from './actor.ts'
import { permitsSomewhere } from './decide.ts'
import { withSight } from './form.ts'
import { readPermissions } from './grants.ts'
import { type Permission, permissions } from './permissions.ts'
import { createTokenByToken, endOfToken, ownTokens, revokeToken } from './tokens.ts'

const tags = ['tokens']

const PermissionName = z.enum(permissions as [Permission, ...Permission[]], 'There is none such.')

const TokenResource = z
  .strictObject({
    id: z.int(),
    name: z.string(),
    prefix: z.string().describe('How its secret begins.'),
    permissions: z
      .array(PermissionName)
      .nullable()
      .describe('What it is confined to; null for all that its owner may do.'),
    expires_at: Instant.nullable().describe('Null: until it is revoked.'),
    last_used_at: Instant.nullable().describe('To within five minutes.'),
  })
  .meta({ id: 'Token' })

const CreatedToken = TokenResource.extend({
  secret: z
    .string()
    .nullable()
    .describe('Shown this once; null in the answer to the same request sent again.'),
}).meta({ id: 'CreatedToken' })

const NewToken = z.strictObject({
  name: NameText(),
  permissions: z
    .array(PermissionName, 'Give a list of permissions, or null.')
    .min(1, 'Give at least one permission, or null.')
    .max(permissions.length, 'Give each permission once.')
    .nullable()
    .default(null)
    .describe('Of those that you have; seeing tenants is always among them. Null for all.'),
  expires_in_days: z
    .int('Give a number of days, or null.')
    .min(1, 'Give 1 to 365 days, or null.')
    .max(365, 'Give 1 to 365 days, or null.')
    .nullable()
    .default(90)
    .describe('Null for good; but never later than the token that makes it.'),
})

const TokenParams = z.strictObject({ id: idText('Give the id of a token.') })

const config = { permission: 'signed_in' } as const

/** One's own API tokens as JSON. */
export function tokenApi(api: Api, db: Db) {
  api.get(
    '/tokens',
    {
      config,
      schema: {
        operationId: 'listTokens',
        summary: 'Your own tokens, the newest first',
        tags,
        response: { 200: z.strictObject({ tokens: z.array(TokenResource) }) },
      },
    },
    async ({ actor }) => {
      const tokens = await ownTokens(db, actor).orderBy('id', 'desc').execute()
      return { tokens: tokens.map(describeToken) }
    },
  )
  creatingApi(api, db)

  api.delete(
    '/tokens/:id',
    {
      config,
      schema: {
        operationId: 'revokeToken',
        summary: 'Revoke one of your own tokens, which may be the one you send',
        tags,
        params: TokenParams,
        response: { 204: Nothing },
      },
    },
    async ({ actor, params }, reply) => {
      await operation(db, actor, 'token.revoke', (tx) =>
        revokeToken(tx, actor.person_id, params.id),
      )
      return reply.code(204).send(null)
    },
  )
}

function creatingApi(api: Api, db: Db) {
  api.post(
    '/tokens',
    {
      config,
      schema: {
        operationId: 'createToken',
        summary: 'A new token of your own, with its secret',
        tags,
        body: NewToken,
        response: { 201: CreatedToken },
      },
    },
    async (request, reply) => {
      const { actor, body } = request
      requireOwn(actor, body.permissions)
      const limit = body.permissions && withSight(body.permissions)
      const ends_at = await endOfToken(db, request.headers.authorization)
      const create = { name: body.name, days: body.expires_in_days, limit }
      return createOnce(
        request,
        reply,
        db,
        'token.create',
        async (tx): Promise<z.infer<typeof CreatedToken>> => {
          const { id, secret } = await createTokenByToken(tx, actor, ends_at, create)
          const token = await ownTokens(tx, actor).where('id', '=', id).executeTakeFirstOrThrow()
          return { ...describeToken(token), secret }
        },
        { kept: (created) => ({ ...created, secret: null }) },
      )
    },
  )
}

function requireOwn({ access }: Actor, wanted: Permission[] | null) {
  const lacking = wanted?.find((permission) => !permitsSomewhere(access, permission))
  if (lacking) throw new Invalid({ permissions: `You do not have ${lacking} yourself.` })
}

type Stored = Awaited<ReturnType<ReturnType<typeof ownTokens>['executeTakeFirstOrThrow']>>

const describeToken = ({ permissions, ...token }: Stored) => ({
  ...token,
  permissions: permissions === null ? null : [...readPermissions(permissions)],
})
