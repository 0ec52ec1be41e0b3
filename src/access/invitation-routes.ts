import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Db } from '../db/connection.ts'
import { operation, system } from '../db/operation.ts'
import { type Form, freshForm, parseForm } from '../web/form.ts'
import { sendSecrets, visitor } from './cookie.ts'
import { invitedPasswordInput } from './form.ts'
import { findInvitation, type Invited, invitationPath, redeemInvitation } from './invitations.ts'
import { listProvidersFor } from './oidc/providers.ts'
import { hashPassword } from './password.ts'
import { PASSWORD_HINT } from './password-rules.ts'
import { hashSecret } from './secrets.ts'
import { admit } from './sign-in.ts'
import { START_PAGE } from './sign-in-routes.ts'
import { views } from './views.ts'

type Link = { Params: { secret: string } }

const PATH = '/invitations/:secret'
const config = { permission: 'public' } as const

/** The page that the link of an invitation leads to, where a person becomes a user. */
export function invitationRoutes(app: FastifyInstance, db: Db) {
  const show = async (reply: FastifyReply, secret: string, invited: Invited, form: Form) => {
    const providers = await listProvidersFor(db, invited.tenant_path)
    return reply
      .header('referrer-policy', 'no-referrer')
      .header('cache-control', 'no-store')
      .page(
        views.invitation({
          form,
          action: invitationPath(secret),
          password_hint: PASSWORD_HINT,
          name: invited.name,
          email: invited.email,
          tenant_name: invited.tenant_name,
          invited_by: invited.invited_by,
          providers: providers.map(({ slug, name }) => ({ slug, name })),
        }),
      )
  }
  const gone = (reply: FastifyReply) => reply.code(410).page(views.invitationGone({}))

  app.get<Link>(PATH, { config }, async ({ params }, reply) => {
    const invited = await findInvitation(db, hashSecret(params.secret), db.now())
    return invited ? show(reply, params.secret, invited, freshForm()) : gone(reply)
  })

  app.post<Link>(PATH, { config }, async (request, reply) => {
    const { secret } = request.params
    const invited = await findInvitation(db, hashSecret(secret), db.now())
    if (!invited) return gone(reply)
    const about = [invited.name, invited.email, invited.tenant_name]
    const parsed = parseForm(invitedPasswordInput(about), request.body)
    if (!parsed.ok) return show(reply.code(422), secret, invited, parsed.form)

    const password_hash = await hashPassword(parsed.input.password)
    const { person_id, name } = invited
    const redeemed = await operation(db, { person_id, name }, 'invitation.redeem', (tx) =>
      redeemInvitation(tx, hashSecret(secret), password_hash),
    )
    if (!redeemed) return gone(reply)
    request.log.info({ person_id }, 'invitation redeemed')
    // Whoever has a second factor shows it, as at every sign-in.
    if (invited.has_second_factor) return reply.redirect('/sign-in', 303)
    const secrets = await system(db, (tx) => admit(tx, db.now(), person_id, visitor(request)))
    return sendSecrets(request, reply, secrets).redirect(START_PAGE, 303)
  })
}
