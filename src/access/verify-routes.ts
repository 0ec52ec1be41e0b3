import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Db } from '../db/connection.ts'
import { system } from '../db/operation.ts'
import { type Form, freshForm, parseForm, typed, withError, takesNoFields } from '../web/form.ts'
import { localPath } from '../web/local-path.ts'
import { hasPassword } from './accounts.ts'
import type { Actor } from './actor.ts'
import { sendSession, sessionSecret, visitor } from './cookie.ts'
import { VerifyInput } from './form.ts'
import { authenticationOptions, checkAuthentication } from './passkey-ceremonies.ts'
import { listPasskeys } from './passkeys.ts'
import type { Sealer } from './sealing.ts'
import { hasFactor, isAppCode } from './factors.ts'
import { checkCode, type CodeOutcome } from './second-step.ts'
import { renewSession } from './sessions.ts'
import { checkPassword } from './sign-in.ts'
import { refuse, tooMany } from './sign-in-routes.ts'
import { siteOf } from './passkey-sign-in-routes.ts'
import { findTotp } from './totp.ts'
import { type OtherWay, views } from './views.ts'

/** What this needs beside the database. */
export type Verifying = {
  sealer: Sealer
  url: string | undefined
  /** The ways that lead through somebody else, such as a provider of single sign-on. */
  otherWays(db: Db, actor: Actor, next: string): Promise<OtherWay[]>
}

const config = { permission: 'signed_in', without_factor: true } as const
const PURPOSE = 'verify'

/** Showing once more who one is, before something dangerous. */
export function verifyRoutes(app: FastifyInstance, db: Db, options: Verifying) {
  const show = async (reply: FastifyReply, actor: Actor, form: Form) =>
    reply.page(views.verify({ form, ...(await findWays(db, options, actor, nextOf(form.values))) }))

  app.get<{ Querystring: { next?: unknown } }>('/verify', { config }, (request, reply) => {
    // This page comes instead of what htmx asked for, as a whole.
    reply.header('hx-redirect', request.url)
    return show(reply, request.actor, freshForm({ next: nextOf(request.query) }))
  })

  app.post('/verify/challenge', { config, preHandler: takesNoFields }, (request) => {
    const site = siteOf(request, options.url)
    return authenticationOptions(db, { site, ceremony: ceremony(request), address: request.ip })
  })

  app.post('/verify', { config }, async (request, reply) => {
    const next = nextOf(typed(request.body))
    const parsed = parseForm(VerifyInput, request.body)
    const refuseAll = (why: string) =>
      show(reply.code(422), request.actor, withError(freshForm({ next }), '', why))
    if (!parsed.ok) return refuseAll(NOTHING)
    // A password alone did not let them in either.
    if ('password' in parsed.input && (await hasFactor(db, request.actor.person_id)))
      return refuseAll(NOT_ENOUGH)

    const outcome = await prove(db, options, request, parsed.input)
    if ('retry_at' in outcome) {
      const form = withError(freshForm({ next }), '', tooMany(outcome, db.now()))
      return show(refuse(reply, outcome, db.now()), request.actor, form)
    }
    if (!outcome.right) {
      const [field, message] = wrong(parsed.input)
      const form = withError(freshForm({ next }), field, message)
      return show(reply.code(422), request.actor, form)
    }
    const renewed = await system(db, (tx) => renewSession(tx, db.now(), sessionSecret(request)!))
    return sendSession(request, reply, renewed).redirect(next, 303)
  })
}

const nextOf = ({ next }: { next?: unknown }) => localPath(next) ?? '/account/security'

const ceremony = (request: FastifyRequest) =>
  ({ purpose: PURPOSE, holder: sessionSecret(request)! }) as const

type Proof = { password: string } | { code: string } | { credential: string }

async function prove(
  db: Db,
  { sealer, url }: Verifying,
  request: FastifyRequest,
  proof: Proof,
): Promise<CodeOutcome> {
  const { person_id, email } = request.actor
  const from = visitor(request)
  if ('code' in proof) {
    // Recovery codes are for signing in, which is proof enough for a while.
    if (!isAppCode(proof.code)) return { right: false }
    return checkCode(db, sealer, { person_id, email, code: proof.code }, from)
  }
  if ('password' in proof) {
    const { password } = proof
    const checked = await checkPassword(db, { email, password, person_id }, from)
    return 'retry_at' in checked ? checked : { right: 'person_id' in checked }
  }
  const around = { site: siteOf(request, url), ceremony: ceremony(request) }
  const owner = await checkAuthentication(db, around, proof.credential)
  return { right: owner?.person_id === person_id }
}

/** In which ways the actor can show who they are. */
async function findWays(db: Db, { otherWays }: Verifying, actor: Actor, next: string) {
  const totp = await findTotp(db, actor.person_id)
  const has_totp = (totp?.confirmed_at ?? null) !== null
  const has_passkey = (await listPasskeys(db, actor.person_id)).length > 0
  const has_factor = has_totp || has_passkey
  const ways = await otherWays(db, actor, next)
  return {
    has_password: !has_factor && (await hasPassword(db, actor.person_id)),
    has_totp,
    has_passkey,
    other_ways: ways.filter((way) => !has_factor || way.is_two_factors),
  }
}

function wrong(proof: Proof): [field: string, message: string] {
  if ('code' in proof) return ['code', WRONG_CODE]
  if ('password' in proof) return ['password', 'This is not your password.']
  return ['', 'This passkey is not one of yours, or took too long. Try again.']
}

const WRONG_CODE = 'This code is wrong or has been used. Enter the one that your app shows now.'
const NOT_ENOUGH = 'You have a second factor: show that one instead of your password.'
const NOTHING = 'Enter your password or a code, or use a passkey.'
