import t, { type Test } from 'tap'
import { openConnection } from '../../src/db/connection.ts'
import { addCast } from '../support/cast.ts'
import { type DeclaredRoute, collectRoutes, sampleAddress } from '../support/routes.ts'
import { world } from '../support/world.ts'
import type { Answers } from './answers.ts'
import { matrix } from './matrix.ts'

const declared = collectRoutes()

/** The routes that the matrix is about. */
const listed = () =>
  declared().filter(({ method, url }) => method !== 'HEAD' && !url.startsWith('/public/'))

/** What proves who asks: to a page the session, to the API the token. Nothing for nobody. */
type Proof = { session: string; token: string } | null

/** A world with its cast, and whether something has been written since. */
async function stage(t: Test) {
  const w = await world(t)
  const cast = await addCast(w)
  const who: Record<keyof Answers, Proof> = {
    anonymous: null,
    stranger: cast.charlie,
    reader: cast.dana,
    technician: cast.bob,
    administrator: { session: w.session, token: w.api.token },
  }
  // Using a token for the first time writes down that it was used.
  for (const proof of Object.values(who)) if (proof) await ask(w, PREFERENCES, proof)
  const observer = openConnection(w.path, { readonly: true })
  t.teardown(() => observer.close())
  const version = () => observer.pragma('data_version', { simple: true })
  const fresh = version()
  return { ...w, who, is_used: () => version() !== fresh }
}

type Asked = Pick<DeclaredRoute, 'method' | 'credential'> & { address: string }

const PREFERENCES: Asked = { method: 'GET', credential: 'token', address: '/api/v1/preferences' }

const ask = (
  { app }: Pick<Awaited<ReturnType<typeof world>>, 'app'>,
  { method, credential, address }: Asked,
  proof: Proof,
) =>
  app.inject({
    method: method as 'GET',
    url: address,
    headers: {
      'sec-fetch-site': 'same-origin',
      ...(proof && credential === 'token' && { authorization: `Bearer ${proof.token}` }),
    },
    cookies: proof && credential === 'session' ? { session: proof.session } : {},
  })

t.test('every route is in the access matrix, and every line of it is a route', async (t) => {
  await world(t)
  t.same(
    listed()
      .map(({ name }) => name)
      .toSorted(),
    Object.keys(matrix).toSorted(),
  )
})

t.test('T1: every route answers each of the cast as the access matrix says', async (t) => {
  let here = await stage(t)
  for (const { name, method, url, credential } of listed()) {
    const { address = sampleAddress(url), ...expected } = matrix[name]!
    const answers: Partial<Answers> = {}
    for (const who of Object.keys(expected) as (keyof Answers)[]) {
      // Some routes sign out, or change what others would find.
      if (here.is_used()) here = await stage(t)
      const answer = await ask(here, { method, credential, address }, here.who[who])
      answers[who] = answer.statusCode
    }
    t.same(answers, expected, name)
  }
})
