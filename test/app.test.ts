import t from 'tap'
import { world } from './support/world.ts'

t.test('asks a stranger to sign in, and remembers where they wanted to go', async (t) => {
  const { anonymous } = await world(t)
  const response = await anonymous.get('/tenants')
  t.equal(response.statusCode, 303)
  t.equal(response.headers.location, '/sign-in?next=%2Ftenants')
})

t.test('says that there is nothing at an unknown address', async (t) => {
  const { alice } = await world(t)
  t.equal((await alice.get('/nothing')).statusCode, 404)
})
