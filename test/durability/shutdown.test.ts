import { once } from 'node:events'
import { Agent, type IncomingMessage, request } from 'node:http'
import { text } from 'node:stream/consumers'
import t, { type Test } from 'tap'
import { findFaults } from '../../src/db/faults.ts'
import { dataDirectory } from '../support/directory.ts'
import { startServer } from '../support/program.ts'
import { ACME } from '../support/world.ts'

/** How many servers are stopped, on one data directory. */
const ROUNDS = Number(process.env.TENANTRY_TEST_ROUNDS ?? 3)
const CLIENTS = 16

type Outcome = 'answered' | 'not accepted' | 'dropped'

/** One request over a kept connection. Dropped: the server had the connection, and gave no answer. */
async function ask(agent: Agent, url: string, token: string, name: string): Promise<Outcome> {
  const sent = request(`${url}/api/v1/tenants`, {
    agent,
    method: name ? 'POST' : 'GET',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
  })
  sent.end(name && JSON.stringify({ name, parent_id: ACME }))
  try {
    const [answer] = (await once(sent, 'response')) as [IncomingMessage]
    return (await isWhole(answer)) ? 'answered' : 'dropped'
  } catch {
    // A connection that was never used may have waited in vain at the door that closed.
    return sent.reusedSocket ? 'dropped' : 'not accepted'
  }
}

async function isWhole(answer: IncomingMessage) {
  const body = await text(answer).catch(() => '')
  return answer.complete && answer.statusCode! < 300 && Boolean(JSON.parse(body))
}

/** Reads and writes in turn until a request is not accepted. */
async function use(url: string, token: string, mark: string, note: (outcome: Outcome) => void) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  for (let number = 0; ; number++) {
    const outcome = await ask(agent, url, token, number % 2 ? `${mark} ${number}` : '')
    note(outcome)
    if (outcome === 'answered') continue
    agent.destroy()
    return
  }
}

async function stopUnderLoad(t: Test, data: string, token: string, round: number) {
  const server = await startServer(t, { data })
  const outcomes: Outcome[] = []
  const underway = Promise.withResolvers<void>()
  const clients = Array.from({ length: CLIENTS }, (_, client) =>
    use(server.url, token, `${round}.${client}`, (outcome) => {
      outcomes.push(outcome)
      if (outcomes.length === 100 + round) underway.resolve()
    }),
  )
  await underway.promise
  const before = outcomes.length
  const end = await server.stop('SIGTERM')
  await Promise.all(clients)
  return { outcomes, after: outcomes.slice(before), end }
}

t.test('T36: SIGTERM under load drops no request, and ends within 10 s', async (t) => {
  const { data, database, token } = await dataDirectory(t)
  for (let round = 0; round < ROUNDS; round++) {
    const { outcomes, after, end } = await stopUnderLoad(t, data, token, round)
    t.match(end, { code: 0, signal: null })
    t.ok(end.ms < 10_000, `${Math.round(end.ms)} ms`)
    t.ok(after.includes('answered'), 'requests were under way')
    t.equal(outcomes.filter((outcome) => outcome === 'dropped').length, 0)
  }
  t.same(await findFaults(database), [])
})

t.test('T36: a request that takes its time is still answered', async (t) => {
  const { data, token } = await dataDirectory(t)
  const server = await startServer(t, { data })
  const sent = request(`${server.url}/api/v1/tenants`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
  })
  const answered = once(sent, 'response')
  sent.write('{"name":')
  await once(sent, 'socket')
  await fetch(`${server.url}/livez`)
  const ended = server.stop('SIGTERM')
  while (await isReady(server.url)) continue
  sent.end('"Late","parent_id":3}')
  const [answer] = await answered
  t.equal(answer.statusCode, 201)
  t.match(JSON.parse(await text(answer)), { name: 'Late' })
  t.match(await ended, { code: 0 })
})

const isReady = async (url: string) =>
  fetch(`${url}/readyz`).then(
    ({ ok }) => ok,
    () => false,
  )
