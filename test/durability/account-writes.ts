import type { LightMyRequestResponse } from 'fastify'
import { everyTenant } from '../../src/db/scope-guard.ts'
import type { Test } from 'tap'
import { addUser } from '../support/cast.ts'
import {
  addPasskey,
  askToSignIn,
  codeAt,
  cookieOf,
  secondsAfter,
  sendForm,
  setUpTotp,
  signInWith,
} from '../support/factors.ts'
import { ACME, ALICE_PASSWORD, type World } from '../support/world.ts'

export type Write = {
  /** One, or none where no business data changes. */
  operations: 0 | 1
  /** What must be there first; returns what the request needs to know of it. */
  prepare?: (here: World, t: Test) => Promise<string>
  send: (here: World, prepared: string) => Promise<LightMyRequestResponse>
}

async function createToken(here: World) {
  await here.alice.post('/account/tokens', { name: 'script', days: '30' })
  const tokens = await everyTenant(here.db)
    .selectFrom('api_token')
    .select('id')
    .orderBy('id', 'desc')
    .execute()
  return String(tokens[0]!.id)
}

/** The key of Alice's app, and what her browser holds after the password. */
async function pendingSignIn(here: World) {
  const { key } = await setUpTotp(here, here.alice)
  const fields = { email: 'alice@northwind.example', password: ALICE_PASSWORD }
  const answer = await here.anonymous.post('/sign-in', fields)
  return JSON.stringify({ key, pending: cookieOf(answer, 'pending') })
}

/** Those of `writes` that are about oneself: signing in, factors, tokens. */
export const accountWrites: Record<string, Write> = {
  'POST /sign-in': {
    operations: 0,
    send: ({ anonymous }) =>
      anonymous.post('/sign-in', { email: 'alice@northwind.example', password: ALICE_PASSWORD }),
  },
  'POST /sign-out': { operations: 0, send: ({ alice }) => alice.post('/sign-out') },
  'POST /sign-out-everywhere': {
    operations: 0,
    send: ({ alice }) => alice.post('/sign-out-everywhere'),
  },
  'POST /sign-in/second-step': {
    operations: 0,
    prepare: pendingSignIn,
    send: ({ anonymous, clock }, prepared) => {
      const { key, pending } = JSON.parse(prepared)
      const code = codeAt(key, secondsAfter(clock.now, 30))
      return sendForm(anonymous, '/sign-in/second-step', { code }, { pending })
    },
  },
  'POST /sign-in/passkey/challenge': {
    operations: 0,
    send: ({ anonymous }) => anonymous.post('/sign-in/passkey/challenge'),
  },
  'POST /sign-in/passkey': {
    operations: 0,
    prepare: async (here) => {
      const { authenticator } = await addPasskey(here.alice)
      const { options, ceremony } = await askToSignIn(here)
      return JSON.stringify({ ceremony, credential: authenticator.get(options) })
    },
    send: (here, prepared) => {
      const { ceremony, credential } = JSON.parse(prepared)
      return signInWith(here, ceremony, credential)
    },
  },
  'POST /verify': {
    operations: 0,
    send: ({ alice }) => alice.post('/verify', { password: ALICE_PASSWORD }),
  },
  'POST /verify/challenge': {
    operations: 0,
    send: ({ alice }) => alice.post('/verify/challenge'),
  },
  'POST /account/sessions/:id/end': {
    operations: 0,
    async prepare({ anonymous, db }) {
      const fields = { email: 'alice@northwind.example', password: ALICE_PASSWORD }
      await anonymous.post('/sign-in', fields)
      const sessions = await db.selectFrom('session').select('id').orderBy('id', 'desc').execute()
      return String(sessions[0]!.id)
    },
    send: ({ alice }, id) => alice.post(`/account/sessions/${id}/end`),
  },
  'POST /account/passkeys/challenge': {
    operations: 0,
    send: ({ alice }) => alice.post('/account/passkeys/challenge'),
  },
  'POST /account/passkeys': {
    operations: 1,
    send: async ({ alice }) => (await addPasskey(alice)).answer,
  },
  'POST /account/passkeys/:id/removal': {
    operations: 1,
    prepare: async ({ alice }) => String((await addPasskey(alice)).answer.statusCode),
    send: ({ alice }) => alice.post('/account/passkeys/1/removal'),
  },
  'POST /account/totp': { operations: 0, send: ({ alice }) => alice.post('/account/totp') },
  'POST /account/totp/confirmation': {
    operations: 1,
    send: async (here) => (await setUpTotp(here, here.alice)).answer,
  },
  'POST /account/totp/removal': {
    operations: 1,
    prepare: async (here) => (await setUpTotp(here, here.alice)).key,
    send: ({ alice }) => alice.post('/account/totp/removal'),
  },
  'POST /people/:id/factors/removal': {
    operations: 1,
    prepare: async (here) => {
      const mia = await addUser(here, ACME, 'Mia', 'viewer')
      await setUpTotp(here, mia.browser)
      return String(mia.person_id)
    },
    send: ({ alice }, id) => alice.post(`/people/${id}/factors/removal`),
  },
  'POST /account/recovery-codes': {
    operations: 1,
    prepare: async (here) => (await setUpTotp(here, here.alice)).key,
    send: ({ alice }) => alice.post('/account/recovery-codes'),
  },
  'POST /account/password': {
    operations: 1,
    send: ({ alice }) =>
      alice.post('/account/password', {
        current: ALICE_PASSWORD,
        password: 'seven quiet herons at dusk',
      }),
  },
  'POST /account/tokens': {
    operations: 1,
    send: ({ alice }) => alice.post('/account/tokens', { name: 'script', days: '30' }),
  },
  'POST /account/tokens/:id/revocations': {
    operations: 1,
    prepare: createToken,
    send: ({ alice }, id) => alice.post(`/account/tokens/${id}/revocations`),
  },
  'POST /api/v1/tokens': {
    operations: 1,
    send: ({ api }) => api.post('/tokens', { name: 'script' }),
  },
  'DELETE /api/v1/tokens/:id': {
    operations: 1,
    prepare: createToken,
    send: ({ api }, id) => api.delete(`/tokens/${id}`),
  },
}
