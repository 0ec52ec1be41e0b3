import { existsSync, readFileSync } from 'node:fs'
import t from 'tap'
import { addCast } from '../support/cast.ts'
import { ACME, ALICE_PASSWORD, world } from '../support/world.ts'

const NEW_PASSWORD = 'seven quiet herons at dusk'

t.test('T31: the files and pages of a run hold no secret that was used in it', async (t) => {
  const w = await world(t)
  const { bob, charlie } = await addCast(w)
  const signed_in = await w.anonymous.post('/sign-in', {
    email: 'alice@northwind.example',
    password: ALICE_PASSWORD,
  })
  const session = signed_in.cookies.find(({ name }) => name === 'session')!.value
  await w.alice.post('/account/password', { current: ALICE_PASSWORD, password: NEW_PASSWORD })
  await w.api.post('/tenants', { name: 'Paris', parent_id: ACME })
  const held = [bob, charlie].flatMap(({ session, token }) => [session, token])
  const secrets = [ALICE_PASSWORD, NEW_PASSWORD, session, w.session, w.api.token, ...held]
  const files = [w.path, `${w.path}-wal`, `${w.path}.audit-head`].filter((file) => existsSync(file))
  t.ok(files.length >= 2)
  for (const file of files) {
    const bytes = readFileSync(file)
    t.same(
      secrets.filter((secret) => bytes.includes(secret)),
      [],
      file,
    )
  }
  for (const page of ['/account', '/account/security', '/account/tokens', '/tenants/1/history']) {
    const { body } = await bob.browser.get(page)
    t.same(
      secrets.filter((secret) => body.includes(secret)),
      [],
      page,
    )
  }
})
