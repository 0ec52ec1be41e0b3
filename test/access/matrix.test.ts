import t, { type Test } from 'tap'
import { checkpoint } from '../../src/db/connection.ts'
import { addCast } from '../support/cast.ts'
import { type DeclaredRoute, collectRoutes, sampleAddress } from '../support/routes.ts'
import { watchForWrites } from '../support/rows.ts'
import { world } from '../support/world.ts'
import type { Answers } from './answers.ts'
import { matrix } from './matrix.ts'

const declared = collectRoutes()

/** The routes that the matrix is about. */
const listed = () =>
  declared().filter(({ method, url }) => method !== 'HEAD' && !url.startsWith('/public/'))

/** What proves who asks: to a page the session, to the API the token. Nothing for nobody. */
type Proof = { session: string; token: string } | null

type World = Awaited<ReturnType<typeof world>>

/** The cast, in a world to make others from; all have used their tokens, which writes that down. */
async function prepare(t: Test) {
  const w = await world(t)
  const cast = await addCast(w)
  const who: Record<keyof Answers, Proof> = {
    anonymous: null,
    stranger: cast.charlie,
    reader: cast.dana,
    technician: cast.bob,
    administrator: { session: w.session, token: w.api.token },
  }
  for (const proof of Object.values(who)) if (proof) await ask(w, PREFERENCES, proof)
  checkpoint(w.db)
  return { who, path: w.path }
}

/** A world as it was prepared, and whether something has been written since. */
async function stage(t: Test, copy_of: string) {
  const w = await world(t, { copy_of })
  return { ...w, is_used: watchForWrites(t, w.path) }
}

type Asked = Pick<DeclaredRoute, 'method' | 'credential'> & { address: string }

const PREFERENCES: Asked = { method: 'GET', credential: 'token', address: '/api/v1/preferences' }

const ask = ({ app }: Pick<World, 'app'>, { method, credential, address }: Asked, proof: Proof) =>
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
  const { who: proofs, path } = await prepare(t)
  let here = await stage(t, path)
  for (const { name, method, url, credential } of listed()) {
    const { address = sampleAddress(url), ...expected } = matrix[name]!
    const answers: Partial<Answers> = {}
    for (const who of Object.keys(expected) as (keyof Answers)[]) {
      // Some routes sign out, or change what others would find.
      if (here.is_used()) here = await stage(t, path)
      const answer = await ask(here, { method, credential, address }, proofs[who])
      answers[who] = answer.statusCode
    }
    t.same(answers, expected, name)
  }
})
