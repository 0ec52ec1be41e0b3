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

t.test('says that an address cannot be read, with the headers of every other answer', async (t) => {
  const { alice } = await world(t)
  for (const url of ['/tenants/%zz', '/%', '/api/v1/tenants/%c3']) {
    const answer = await alice.get(url)
    t.equal(answer.statusCode, 400)
    t.match(answer.headers['content-security-policy'], /default-src 'none'/)
    t.notMatch(answer.body, /FST_|stack/)
  }
})
