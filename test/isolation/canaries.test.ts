import t from 'tap'
import { operation } from '../../src/db/operation.ts'
import { updateTenant } from '../../src/tenants/commands.ts'
import { canariesIn, canary } from '../support/canaries.ts'
import { addCast, addUser } from '../support/cast.ts'
import { mailbox } from '../support/mailbox.ts'
import { ACME, RIVAL, type World, world } from '../support/world.ts'

/** What was found in the answers until now; it is forgotten, or the test would fail for it. */
const found = ({ leaks }: World) => leaks.splice(0)

/** Writes what belongs to Rival where Acme's people look: as a faulty query would mix it up. */
const mixUp = ({ db, actor }: World) =>
  operation(db, actor, 'test.mix-up', (tx) =>
    updateTenant(tx, ACME, { description: canary(RIVAL) }),
  )

t.test('T6: an answer that shows what its reader may not see fails the test', async (t) => {
  const w = await world(t)
  const { bob } = await addCast(w)
  await mixUp(w)
  await bob.api.get(`/tenants/${ACME}`)
  t.same(found(w), [`GET /api/v1/tenants/${ACME} shows a canary of tenant ${RIVAL}`])
  await bob.browser.get(`/tenants/${ACME}`)
  t.same(found(w), [`GET /tenants/${ACME} shows a canary of tenant ${RIVAL}`])
})

t.test('T6: what is shown to those who may see it fails nothing', async (t) => {
  const w = await world(t)
  const { bob, vera } = await addCast(w)
  await bob.api.get(`/tenants/${ACME}`)
  await mixUp(w)
  const shown = await vera.api.get(`/tenants/${ACME}`)
  t.same([...canariesIn(shown.body)], [RIVAL])
  await w.api.get(`/tenants/${ACME}`)
  t.same(found(w), [])
})

t.test(
  'T6: headers and files are looked at too, and what is asked over a real connection',
  async (t) => {
    const w = await world(t)
    const { bob } = await addCast(w)
    await mixUp(w)
    const file = await bob.browser.get('/tenants/export.csv')
    t.ok(canariesIn(file.body).has(RIVAL))
    t.match(found(w), [/export\.csv shows a canary/])
    await w.app.listen({ port: 0 })
    const { port } = w.app.server.address() as { port: number }
    const headers = { authorization: `Bearer ${bob.token}` }
    await (await fetch(`http://localhost:${port}/api/v1/tenants/${ACME}`, { headers })).text()
    t.equal(found(w).length, 1)
  },
)

t.test('T6: what somebody typed themselves may come back to them', async (t) => {
  const w = await world(t)
  const email = `x@${canary(RIVAL)}.example`
  const answer = await w.anonymous.post('/sign-in', { email, password: 'wrong' })
  t.ok(canariesIn(answer.body).has(RIVAL))
  t.same(found(w), [])
})

t.test('T6: a mail that tells what its reader may not see fails the test', async (t) => {
  const { mailer } = await mailbox(t)
  const w = await world(t, { app: { mailer } })
  const ask = async (name: string) => {
    const { browser } = await addUser(w, RIVAL, name, 'viewer')
    const fields = { asked_for: 'acme', message: `As agreed: ${canary(RIVAL)}` }
    t.equal((await browser.post('/access-requests', fields)).statusCode, 303)
  }
  await ask('Rita Rival')
  t.same(found(w), [], 'Alice may see Rival, and nobody else is told')
  await addUser(w, ACME, 'Ada Administrator', 'administrator')
  await ask('Rolf Rival')
  t.match(found(w), [/^the mail “Rolf Rival asks .+” tells a canary of tenant 6$/])
})
