import t from 'tap'
import { collectRoutes, sampleAddress } from '../support/routes.ts'
import { world } from '../support/world.ts'
import { matrix } from './matrix.ts'

const declared = collectRoutes()

/** The routes that the matrix is about. */
const listed = () =>
  declared().filter(({ method, url }) => method !== 'HEAD' && !url.startsWith('/public/'))

t.test('every route is in the access matrix, and every line of it is a route', async (t) => {
  await world(t)
  t.same(
    listed()
      .map(({ name }) => name)
      .toSorted(),
    Object.keys(matrix).toSorted(),
  )
})

t.test('every route answers as the access matrix says', async (t) => {
  await world(t)
  for (const { name, method, url, credential } of listed()) {
    const expected = matrix[name]
    if (!expected) continue
    // A world for each: some routes sign out, or change what others would find.
    const { app, session, api } = await world(t)
    const request = {
      method: method as 'GET',
      url: expected.address ?? sampleAddress(url),
      headers: { 'sec-fetch-site': 'same-origin' },
    }
    const proof =
      credential === 'token'
        ? { headers: { ...request.headers, authorization: `Bearer ${api.token}` } }
        : { cookies: { session } }
    t.equal((await app.inject(request)).statusCode, expected.anonymous, `${name}, anonymous`)
    const admitted = await app.inject({ ...request, ...proof })
    t.equal(admitted.statusCode, expected.administrator, `${name}, administrator`)
  }
})
