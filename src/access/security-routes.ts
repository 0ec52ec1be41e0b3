import { isIP } from 'node:net'
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Db } from '../db/connection.ts'
import { operation } from '../db/operation.ts'
import { Conflict } from '../errors.ts'
import { hasPassword } from './accounts.ts'
import type { Actor } from './actor.ts'
import { listPasskeys } from './passkeys.ts'
import { countRecoveryCodes, makeRecoveryCodes, type NewCodes } from './recovery-codes.ts'
import { findTotp } from './totp.ts'
import { views } from './views.ts'
import { takesNoFields } from '../web/form.ts'

/** The page about how one shows who one is: passkeys, the authenticator app, recovery codes. */
export function securityRoutes(app: FastifyInstance, db: Db) {
  app.get<{ Querystring: { required?: unknown } }>(
    '/account/security',
    { config: { permission: 'signed_in', without_factor: true } },
    (request, reply) => {
      // Whatever was asked for, this page comes instead, as a whole.
      if (request.query.required !== undefined) reply.header('hx-redirect', request.url)
      return showSecurity(db, reply, request.actor)
    },
  )

  app.post(
    '/account/recovery-codes',
    {
      config: { permission: 'signed_in', fresh: true, without_factor: true },
      preHandler: takesNoFields,
    },
    async ({ actor }, reply) => {
      const { totp, passkeys } = await findFactors(db, actor)
      if (!totp && passkeys.length === 0)
        throw new Conflict('Recovery codes are for who has a second factor. Set one up first.')
      const codes = await operation(db, actor, 'recovery_codes.renew', (tx) =>
        makeRecoveryCodes(tx, actor.person_id),
      )
      return showSecurity(db, reply.code(201), actor, codes)
    },
  )
}

/**
 * Draws the page, with new recovery codes if there are any: they are kept nowhere from which a page
 * that one is sent on to could show them.
 */
export async function showSecurity(
  db: Db,
  reply: FastifyReply,
  actor: Actor,
  new_codes: NewCodes | null = null,
) {
  const { passkeys, totp } = await findFactors(db, actor)
  return reply.page(
    views.security({
      passkeys,
      totp: totp ?? null,
      codes_left: await countRecoveryCodes(db, actor.person_id),
      new_codes,
      has_password: await hasPassword(db, actor.person_id),
      is_by_number: isIP(reply.request.hostname.replace(/^\[|\]$/g, '')) > 0,
      days_left: reply.request.second_factor_days,
    }),
  )
}

async function findFactors(db: Db, { person_id }: Actor) {
  const totp = await findTotp(db, person_id)
  const confirmed_at = totp?.confirmed_at ?? null
  return {
    passkeys: await listPasskeys(db, person_id),
    totp: confirmed_at === null ? undefined : { confirmed_at },
  }
}
