import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { operation } from '../../db/operation.ts'
import { Conflict, Invalid } from '../../errors.ts'
import { findParent, parentText } from '../../tenants/find-parent.ts'
import { ROOT_ID } from '../../tenants/queries.ts'
import { type Form, freshForm, parseForm, takesNoFields, typed, withError } from '../../web/form.ts'
import { readId } from '../../web/numbers.ts'
import type { Actor } from '../actor.ts'
import { siteOf } from '../passkey-sign-in-routes.ts'
import { requireTenant, visibleScope } from '../visible.ts'
import { ProviderProblem } from './client.ts'
import { callbackAddress, type Oidc } from './flow.ts'
import { EditProviderForm, NewProviderForm, type ProviderForm } from './form.ts'
import * as providers from './providers.ts'
import { type TestResult, views } from './views.ts'

const PAGE = '/single-sign-on'
const config = { permission: 'settings.manage', scope: 'all_tenants' } as const
const fresh = { ...config, fresh: true } as const

type Id = { Params: { id: string } }

/** The pages with which an administrator keeps the providers of single sign-on. */
export function providerRoutes(app: FastifyInstance, oidc: Oidc) {
  listing(app, oidc)
  creating(app, oidc)
  editing(app, oidc)
  acting(app, oidc)
}

const scopeOf = (actor: Actor) => visibleScope(actor, 'settings.manage')

const targetOf = ({ actor, params }: FastifyRequest<Id>): providers.Target => ({
  id: readId(params.id) ?? 0,
  scope: scopeOf(actor),
})

function listing(app: FastifyInstance, oidc: Oidc) {
  app.get(PAGE, { config }, async ({ actor }, reply) =>
    reply.page(views.list({ providers: await providers.listProviders(oidc.db, scopeOf(actor)) })),
  )

  app.get<Id>(`${PAGE}/:id`, { config }, (request, reply) => show(oidc, request, reply))
}

async function show(
  { db, url }: Oidc,
  request: FastifyRequest<Id>,
  reply: FastifyReply,
  test: TestResult = null,
) {
  const { id, scope } = targetOf(request)
  const provider = await providers.getProvider(db, scope, id)
  const { origin } = siteOf(request, url)
  const sign_in = `${origin}/sign-in/with/${provider.slug}`
  return reply.page(
    views.provider({ provider, sign_in, callback: callbackAddress(origin, provider.slug), test }),
  )
}

/** The address by the short name that is in the form, or a place for one. */
const callbackOf = (request: FastifyRequest, url: string | undefined, { values }: Form) =>
  callbackAddress(siteOf(request, url).origin, values['slug'] || '<short name>')

function creating(app: FastifyInstance, oidc: Oidc) {
  const { db, sealer, url } = oidc
  const again = (request: FastifyRequest, reply: FastifyReply, form: Form) =>
    reply.page(views.edit({ form, provider: null, callback: callbackOf(request, url, form) }))

  app.get(`${PAGE}/new`, { config: fresh }, async (request, reply) => {
    const tenant = await parentText(db, request.actor, ROOT_ID)
    return again(request, reply, freshForm({ tenant }))
  })

  app.post(PAGE, { config: fresh }, async (request, reply) => {
    const { actor, body } = request
    const parsed = parseForm(NewProviderForm, body)
    if (!parsed.ok) return again(request, reply.code(422), parsed.form)
    try {
      const tenant = await findTenant(oidc, actor, parsed.input.tenant)
      const id = await operation(db, actor, 'identity_provider.create', (tx) =>
        providers.createProvider(
          tx,
          sealer,
          tenant,
          fieldsOf(parsed.input),
          parsed.input.client_secret || null,
        ),
      )
      return reply.done(`${PAGE}/${id}`, `${parsed.input.name} was added.`)
    } catch (error) {
      return again(request, reply.code(422), refusedForm(body, error))
    }
  })
}

function editing(app: FastifyInstance, oidc: Oidc) {
  const { db, sealer, url } = oidc
  const again = async (request: FastifyRequest<Id>, reply: FastifyReply, form: Form) => {
    const { id, scope } = targetOf(request)
    const provider = await providers.getProvider(db, scope, id)
    return reply.page(views.edit({ form, provider, callback: callbackOf(request, url, form) }))
  }

  app.get<Id>(`${PAGE}/:id/edit`, { config: fresh }, async (request, reply) => {
    const { id, scope } = targetOf(request)
    const provider = await providers.getProvider(db, scope, id)
    const { tenant_id, name, slug, issuer, client_id, version } = provider
    const tenant = await parentText(db, request.actor, tenant_id)
    const vouches = provider.vouches_for_two_factors ? 'on' : ''
    const values = { name, tenant, slug, issuer, client_id, vouches, version: String(version) }
    return again(request, reply, freshForm(values))
  })

  app.post<Id>(`${PAGE}/:id/edit`, { config: fresh }, async (request, reply) => {
    const { actor, body } = request
    const target = targetOf(request)
    const parsed = parseForm(EditProviderForm, body)
    if (!parsed.ok) return again(request, reply.code(422), parsed.form)
    try {
      const { version, client_secret, ...form } = parsed.input
      const tenant_id = await findTenant(oidc, actor, form.tenant)
      const fields = { ...fieldsOf(form), tenant_id, version }
      await operation(db, actor, 'identity_provider.update', (tx) =>
        providers.updateProvider(tx, sealer, target, fields, client_secret || null),
      )
      return reply.done(`${PAGE}/${target.id}`, `${form.name} was changed.`)
    } catch (error) {
      return again(request, reply.code(422), refusedForm(body, error))
    }
  })
}

function acting(app: FastifyInstance, oidc: Oidc) {
  const { db } = oidc

  app.post<Id>(
    `${PAGE}/:id/test`,
    { config, preHandler: takesNoFields },
    async (request, reply) => {
      const { id, scope } = targetOf(request)
      return show(
        oidc,
        request,
        reply,
        await test(oidc, await providers.getProvider(db, scope, id)),
      )
    },
  )

  for (const [noun, enabled] of [
    ['enabling', true],
    ['disabling', false],
  ] as const)
    app.post<Id>(
      `${PAGE}/:id/${noun}`,
      { config: fresh, preHandler: takesNoFields },
      async (request, reply) => {
        const target = targetOf(request)
        const kind = `identity_provider.${enabled ? 'enable' : 'disable'}`
        await operation(db, request.actor, kind, (tx) =>
          providers.enableProvider(tx, target, enabled),
        )
        const message = enabled ? 'It can be used to sign in.' : 'Nobody can sign in with it now.'
        return reply.done(`${PAGE}/${target.id}`, message)
      },
    )

  app.post<Id>(
    `${PAGE}/:id/deletion`,
    { config: fresh, preHandler: takesNoFields },
    async (request, reply) => {
      const target = targetOf(request)
      await operation(db, request.actor, 'identity_provider.delete', (tx) =>
        providers.deleteProvider(tx, target),
      )
      return reply.done(PAGE, 'The provider was deleted.')
    },
  )
}

/** Whether the provider can be reached and says of itself what it should. */
async function test({ connections, sealer }: Oidc, provider: providers.Provider) {
  try {
    await connections.test(providers.clientSettings(sealer, provider))
    const message =
      'It answers and describes itself as it should. Whether the client id and secret are right shows when somebody signs in.'
    return { works: true, message }
  } catch (error) {
    if (!(error instanceof ProviderProblem)) throw error
    return { works: false, message: error.message }
  }
}

async function findTenant({ db }: Oidc, actor: Actor, text: string) {
  const { id } = await findParent(db, actor, text, { field: 'tenant' })
  return requireTenant(db, actor, 'settings.manage', id)
}

const fieldsOf = ({ name, slug, issuer, client_id, vouches }: Omit<ProviderForm, 'tenant'>) => ({
  name,
  slug,
  issuer,
  client_id,
  vouches_for_two_factors: vouches ? 1 : 0,
})

function refusedForm(body: unknown, error: unknown): Form {
  const form = freshForm(typed(body))
  if (error instanceof Invalid) return { ...form, errors: error.fields }
  if (error instanceof Conflict) return withError(form, '', error.message)
  throw error
}
