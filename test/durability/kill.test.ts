import { setImmediate as turn } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { findFaults } from '../../src/db/faults.ts'
import { dataDirectory } from '../support/directory.ts'
import { startServer } from '../support/program.ts'
import { withFile } from '../support/rows.ts'
import { ACME } from '../support/world.ts'

/** How many servers are killed, on each of two data directories; in CI as many as were promised. */
const KILLS = Number(process.env.TENANTRY_TEST_ROUNDS ?? 4)
const CLIENTS = 6

t.jobs = 2

type Acknowledged = { id: number; name: string }

/** Creates tenants over the API until the server is gone; notes those that were acknowledged. */
async function write(url: string, token: string, mark: string, note: (one: Acknowledged) => void) {
  for (let number = 0; ; number++) {
    const name = `${mark} ${number}`
    try {
      const answer = await fetch(`${url}/api/v1/tenants`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ name, parent_id: ACME }),
      })
      if (answer.status !== 201) throw new Error(`${answer.status}: ${await answer.text()}`)
      note({ id: ((await answer.json()) as Acknowledged).id, name })
    } catch (error) {
      if (error instanceof TypeError) return
      throw error
    }
  }
}

/** Kills a server while it answers several clients, at a moment that differs each time. */
async function killWhileWriting(t: Test, data: string, token: string, round: number) {
  const server = await startServer(t, { data })
  const acknowledged: Acknowledged[] = []
  const goal = 1 + ((round * 7) % 40)
  const reached = Promise.withResolvers<void>()
  const writers = Array.from({ length: CLIENTS }, (_, client) =>
    write(server.url, token, `${round}.${client}`, (one) => {
      acknowledged.push(one)
      if (acknowledged.length === goal) reached.resolve()
    }),
  )
  await Promise.race([reached.promise, Promise.all(writers)])
  for (let turns = 0; turns < round % 5; turns++) await turn()
  await server.stop('SIGKILL')
  await Promise.all(writers)
  return acknowledged
}

function findLost(database: string, acknowledged: Acknowledged[]) {
  return withFile(database, (sqlite) => {
    const name = sqlite.prepare('select name from tenant where id = ?').pluck()
    return acknowledged.filter((one) => name.get(one.id) !== one.name)
  })
}

for (const lane of ['one', 'two'])
  t.test(`T19: kill -9 loses nothing that was acknowledged (${lane})`, async (t) => {
    const { data, database, token } = await dataDirectory(t)
    const acknowledged: Acknowledged[] = []
    for (let round = 0; round < KILLS; round++)
      acknowledged.push(...(await killWhileWriting(t, data, token, round)))
    t.ok(acknowledged.length >= KILLS, `${acknowledged.length} writes were acknowledged`)
    t.same(findLost(database, acknowledged), [])
    t.same(await findFaults(database), [])
  })
