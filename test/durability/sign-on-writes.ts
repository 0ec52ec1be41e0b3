import type { Test } from 'tap'
import { addProvider, link } from '../access/oidc/cast.ts'
import { forgingProvider } from '../support/forging-provider.ts'
import { ACME, type World } from '../support/world.ts'
import type { Write } from './account-writes.ts'
import { everyTenant } from '../../src/db/scope-guard.ts'

const singleSignOn = {
  name: 'Entra ID',
  tenant: 'All tenants',
  slug: 'entra',
  issuer: 'https://id.example',
  client_id: 'tenantry',
  client_secret: 'secret',
}

/** A provider that answers, linked with Alice; returns its id. */
async function addSingleSignOn(here: World, t: Test) {
  const { issuer } = await forgingProvider(t, 'alice')
  const provider = await addProvider(here, { issuer })
  await link(here, provider, 'alice')
  return String(provider.id)
}

/** The address by which an invited person goes to the provider. */
async function inviteWithProvider(here: World, t: Test) {
  await addSingleSignOn(here, t)
  const zoe = { name: 'Zoe', email: 'zoe@acme.example', tenant_id: ACME, role_id: 3 }
  const { id } = (await here.api.post('/people', zoe)).json()
  const { link } = (await here.api.post(`/people/${id}/invitations`)).json()
  return `${new URL(link).pathname}/with/northwind`
}

/** The writes about providers of single sign-on, and accounts there. */
export const signOnWrites: Record<string, Write> = {
  'POST /account/single-sign-on/:id/link': {
    operations: 0,
    prepare: addSingleSignOn,
    send: ({ alice }, id) => alice.post(`/account/single-sign-on/${id}/link`),
  },
  'POST /account/single-sign-on/:id/removal': {
    operations: 1,
    async prepare(here, t) {
      await addSingleSignOn(here, t)
      const { id } = await everyTenant(here.db)
        .selectFrom('identity')
        .select('id')
        .executeTakeFirstOrThrow()
      return String(id)
    },
    send: ({ alice }, id) => alice.post(`/account/single-sign-on/${id}/removal`),
  },
  'POST /invitations/:secret/with/:slug': {
    operations: 0,
    prepare: inviteWithProvider,
    send: ({ anonymous }, path) => anonymous.post(path),
  },
  'POST /single-sign-on': {
    operations: 1,
    send: ({ alice }) => alice.post('/single-sign-on', singleSignOn),
  },
  'POST /single-sign-on/:id/edit': {
    operations: 1,
    prepare: addSingleSignOn,
    send: ({ alice }, id) =>
      alice.post(`/single-sign-on/${id}/edit`, { ...singleSignOn, version: '1' }),
  },
  'POST /single-sign-on/:id/test': {
    operations: 0,
    prepare: addSingleSignOn,
    send: ({ alice }, id) => alice.post(`/single-sign-on/${id}/test`),
  },
  'POST /single-sign-on/:id/enabling': {
    operations: 1,
    prepare: addSingleSignOn,
    send: ({ alice }, id) => alice.post(`/single-sign-on/${id}/enabling`),
  },
  'POST /single-sign-on/:id/disabling': {
    operations: 1,
    prepare: addSingleSignOn,
    send: ({ alice }, id) => alice.post(`/single-sign-on/${id}/disabling`),
  },
  'POST /single-sign-on/:id/deletion': {
    operations: 1,
    prepare: addSingleSignOn,
    send: ({ alice }, id) => alice.post(`/single-sign-on/${id}/deletion`),
  },
}
