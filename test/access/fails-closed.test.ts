import type { LightMyRequestResponse } from 'fastify'
import t, { type Test } from 'tap'
import { writes } from '../durability/writes.ts'
import { addCast, roles } from '../support/cast.ts'
import { FAILURE, failAtEach } from '../support/failing-database.ts'
import { collectRoutes, sampleAddress } from '../support/routes.ts'
import { readState, watchForWrites, withFile } from '../support/rows.ts'
import { type World, world } from '../support/world.ts'
import { matrix } from './matrix.ts'

const declared = collectRoutes()

/** The pages and API routes that Dana, who reads at Acme, is shown. */
const shown = () =>
  declared().filter(
    ({ name, method, permission }) =>
      method === 'GET' &&
      permission !== 'public' &&
      matrix[name]?.reader === 200 &&
      !name.includes('/history/export.'),
  )

/** That an answer admits nobody, and says nothing of what went wrong. */
function requireClosed(t: Test, { statusCode, body }: LightMyRequestResponse, name: string) {
  const says_why = body.includes(FAILURE) || /\bat \S+ \(|\/src\/|node_modules|\.ts:\d/.test(body)
  if (statusCode < 400 || says_why) t.fail(`${statusCode} for ${name}`)
}

t.test('T37: no page is shown when anything that it asks the database fails', async (t) => {
  const w = await world(t)
  const { dana } = await addCast(w)
  await dana.api.get('/preferences')
  let failures = 0
  for (const { name, url, credential } of shown()) {
    const address = matrix[name]!.address ?? sampleAddress(url)
    const ask = () =>
      credential === 'token'
        ? dana.api.get(address.replace('/api/v1', ''))
        : dana.browser.get(address)
    let here = 0
    for await (const answer of failAtEach(ask)) requireClosed(t, answer, `${name}, ${++here}`)
    t.ok(here >= 2, `${name} asks who is there, and what they may do`)
    failures += here
  }
  t.ok(failures > 80, `${failures} failures`)
})

t.test('T37: a file that is sent bit by bit is cut off when a later bit fails', async (t) => {
  const w = await world(t)
  const { dana } = await addCast(w)
  const origin = await w.app.listen({ host: '127.0.0.1', port: 0 })
  const headers = { cookie: `session=${dana.session}`, 'sec-fetch-site': 'same-origin' }
  const ask = async () => {
    const answer = await fetch(`${origin}/history/export.csv`, { headers })
    return answer.ok ? answer.text().then(String, () => null) : null
  }
  let failures = 0
  for await (const whole of failAtEach(ask)) {
    failures++
    t.equal(whole, null, `cut off, or refused, at failure ${failures}`)
  }
  t.ok(failures > 4)
  t.match(await ask(), /tenant/)
})

/** What is in the tables, and how many operations it took to get there. */
const standing = ({ path, db }: World) => ({
  state: readState(db),
  operations: withFile(path, (sqlite) =>
    sqlite.prepare('select count(*) from operation').pluck().get(),
  ) as number,
})

for (const [name, { operations, prepare, send }] of Object.entries(writes))
  if (operations)
    t.test(`T37: ${name} does all or nothing when anything that it asks fails`, async (t) => {
      const w = await world(t, { app: { allow_private_issuers: true } })
      const prepared = (await prepare?.(w, t)) ?? ''
      // Using the token for the first time writes down that it was used.
      await w.api.get('/preferences')
      const before = standing(w)
      const isWritten = watchForWrites(t, w.path)
      let failures = 0
      // Where several requests lead to the write, those after the failed one make no sense.
      for await (const answer of failAtEach(() => send(w, prepared).catch(() => null))) {
        failures++
        const after = isWritten() ? standing(w) : before
        // Only the page after it has failed: what was done is done, and whole.
        if (after.operations > before.operations) break
        if (answer && answer.statusCode >= 400) requireClosed(t, answer, name)
        if (after !== before) t.strictSame(after, before)
      }
      t.ok(failures > 4, `${failures} failures`)
    })

t.test('T37: who has a role that cannot be read is let in nowhere', async (t) => {
  const w = await world(t)
  const { dana } = await addCast(w)
  withFile(w.path, (sqlite) => {
    sqlite.pragma('ignore_check_constraints = ON')
    for (const { name } of sqlite
      .prepare(`select name from sqlite_master where type = 'trigger' and tbl_name = 'role'`)
      .all() as { name: string }[])
      sqlite.exec(`drop trigger ${name}`)
    sqlite
      .prepare('update role set key = null, permissions = ? where id = ?')
      .run('["tenant.view"', roles.viewer)
  })
  t.ok(shown().length > 40)
  for (const { name, url, credential } of shown()) {
    const address = matrix[name]!.address ?? sampleAddress(url)
    const answer =
      credential === 'token'
        ? await dana.api.get(address.replace('/api/v1', ''))
        : await dana.browser.get(address)
    requireClosed(t, answer, name)
  }
})
