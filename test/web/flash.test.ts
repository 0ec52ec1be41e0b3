import t from 'tap'
import { ACME_LEGAL, world } from '../support/world.ts'

/** The cookie that waits with a message. */
const waiting = (message: string) =>
  `done=${encodeURIComponent(JSON.stringify({ message, place: '' }))}`

t.test('says once that something was done', async (t) => {
  const { alice, session } = await world(t)
  const address = `/tenants/${ACME_LEGAL}/preferences`
  const saved = await alice.post(`${address}/agent.remote_control`, {
    choice: 'own',
    value: 'off',
    lock: 'none',
  })
  const [cookie] = saved.cookies
  t.match(cookie, { name: 'done', httpOnly: true, sameSite: 'Strict' })
  const page = await alice.send({
    method: 'GET',
    url: address,
    headers: { cookie: `session=${session}; done=${encodeURIComponent(cookie!.value)}` },
  })
  t.match(page.body, /Remote control was updated\./)
  t.match(page.cookies, [{ name: 'done', value: '' }])
})

t.test('takes a message for text, whatever is in it', async (t) => {
  const { alice, session } = await world(t)
  const page = await alice.send({
    method: 'GET',
    url: '/tenants',
    headers: {
      cookie: `session=${session}; ${waiting('<img src=x>')}`,
    },
  })
  t.match(page.body, '&lt;img src=x&gt;')
})

t.test('keeps the message for a page that shows it', async (t) => {
  const { alice, session } = await world(t)
  const headers = {
    cookie: `session=${session}; ${waiting('Saved')}`,
  }
  const places = ['/tenants/4711', `/tenants/options?q=acme`, '/search/results?q=acme', '/nowhere']
  for (const url of places) {
    const answer = await alice.send({ method: 'GET', url, headers })
    t.same(answer.cookies, [], url)
    t.notMatch(answer.body, 'Saved')
  }
  const page = await alice.send({ method: 'GET', url: '/tenants', headers })
  t.match(page.cookies, [{ name: 'done', value: '' }])
  t.match(page.body, 'Saved')
})

t.test('takes a message that it did not write for none', async (t) => {
  const { alice, session } = await world(t)
  for (const done of ['Saved', '{"message":1}', '{"message":"x","place":"y","more":1}', '%00']) {
    const headers = { cookie: `session=${session}; done=${encodeURIComponent(done)}` }
    const page = await alice.send({ method: 'GET', url: '/tenants', headers })
    t.equal(page.statusCode, 200)
    t.notMatch(page.body, /class="done"/)
  }
})
