import t from 'tap'
import { mainText } from '../support/html.ts'
import { draftImport, figures, foreseen } from '../support/jobs.ts'
import { world } from '../support/world.ts'
import { everyTenant } from '../../src/db/scope-guard.ts'

/** How many clients there are, each with its branches; in CI as many as were promised. */
const CLIENTS = Number(process.env.TENANTRY_TEST_ROUNDS ?? 200)
const BRANCHES = 99
const LINES = CLIENTS * (BRANCHES + 1)

/** Branches first, below clients that come at the end of the file. */
function largeFile() {
  const lines: string[] = []
  for (let client = 0; client < CLIENTS; client++)
    for (let branch = 0; branch < BRANCHES; branch++)
      lines.push(`Branch ${branch},Client ${client},branch_office`)
  for (let client = 0; client < CLIENTS; client++) lines.push(`Client ${client},,client`)
  return `name,parent,kind\n${lines.join('\n')}\n`
}

t.test('a look at a large file shows how far it is, and can be cancelled', async (t) => {
  const { alice, anonymous, db } = await world(t)
  const job = await draftImport(alice, largeFile())
  const looking = (await alice.get(job)).body
  t.match(mainText(looking), 'Nothing has been changed yet: this works out what would be.')
  t.match(looking, `data-job="${job}"`)
  t.equal((await anonymous.get('/sign-in')).statusCode, 200)
  t.match(mainText((await alice.get(job)).body), 'this works out what would be')
  await alice.post(`${job}/cancel`)
  t.match(mainText((await alice.get(job)).body), /Cancelled.*It was never started./)
  t.equal((await alice.get(`${job}/events`)).body, 'event: end\ndata: {}\n\n')
  const row = await db.selectFrom('job').select(['state', 'input']).executeTakeFirst()
  t.same(row, { state: 'cancelled', input: '{}' })
})

t.test('imports a large file with progress, while others are answered', async (t) => {
  const { alice, anonymous, db } = await world(t)
  const job = await draftImport(alice, largeFile())
  t.same(figures(await foreseen(alice, job)), [LINES, 0, 0, 0])
  await alice.post(`${job}/start`)

  const over = new AbortController()
  const events = alice.get(`${job}/events`).finally(() => over.abort())
  let answered = 0
  while (!over.signal.aborted) {
    // As a request from outside would, this one waits for its turn.
    await new Promise(setImmediate)
    if (answered < 50 && (await anonymous.get('/sign-in')).statusCode === 200) answered++
  }
  t.equal(answered, 50, 'fifty requests were answered meanwhile')

  const steps = [...(await events).body.matchAll(/"done":(\d+)/g)].map(([, done]) => Number(done))
  t.ok(steps.length > 3, `${steps.length} reports`)
  t.same(
    steps.toSorted((one, other) => one - other),
    steps,
  )
  t.same(figures((await alice.get(job)).body), [LINES, 0, 0])
  const { descendant_count } = await everyTenant(db)
    .selectFrom('tenant')
    .select('descendant_count')
    .where('id', '=', 1)
    .executeTakeFirstOrThrow()
  t.equal(descendant_count, LINES + 5)
})
