import { join } from 'node:path'
import type { Bench } from '../bench.ts'
import { addComputers } from '../computers.ts'
import { type Dataset, copyDataset } from '../databases.ts'
import { type Figure, figure, median } from '../figure.ts'
import { organisations } from '../organisations.ts'
import { addPeople } from '../people.ts'
import { type Floor, type Server, startFloor, startTenantry } from '../server.ts'
import { moves } from './moves.ts'
import { type Subject, describe, measure, subjectAt } from './pages.ts'
import { sync } from './sync.ts'

const ROW = /<tr id="c\d+"/g

/** The list of computers, as it is and by each order, filter and search. */
const lists = [
  ['Computers page', '', 50],
  ['Computers by operating system', 'sort=system', 50],
  ['Computers by when they were seen', 'sort=-seen', 50],
  ['Computers that are stale', 'tab=stale', 50],
  ['Computers of a kind', 'kind=server', 50],
  ['Computers of a platform', 'platform=macos', 50],
  ['Computers seen this month', 'seen=month', 50],
  ['Computers of a client and below it', 'tenant=TOP', 50],
  ['Computers of a tenant alone', 'tenant=TOP&only=1', 'some'],
  ['Computers by four filters', 'tenant=TOP&kind=server&platform=linux&seen=month', 'some'],
  ['Computers: a name that many people have', 'q=smith', 50],
  ['Computers: part of many names', 'q=pc-12', 'some'],
  ['Computers: one name', 'q=pc-1208', 'some'],
] as const

/** The first client, which has tenants on every level, by its slug. */
const TOP = organisations().next().value.slug

/** What lists, moves and syncs of many computers take. */
export async function* computers(bench: Bench): AsyncGenerator<Figure> {
  const { scale, folder, dataset } = bench
  const some = copyDataset(await dataset(scale.small / 2), join(folder, 'computers'))
  await addPeople(some, scale.medium)
  await addComputers(some, scale.medium)
  const many = copyDataset(some, join(folder, 'many-computers'))
  await addComputers(many, scale.large)
  yield* measureLists(bench, some, many)
  yield* moves(bench, some)
  yield* sync(bench)
}

async function* measureLists({ scale }: Bench, some: Dataset, many: Dataset) {
  const servers: (Server | Floor)[] = []
  try {
    const floor = await startFloor()
    const server = await startTenantry(some)
    const larger = await startTenantry(many)
    servers.push(floor, server, larger)
    const subjects: [string, Subject][] = []
    for (const [name, query, rows] of lists)
      subjects.push([name, await subjectAt(addressOf(query), [ROW, rows], server, some.session)])
    const of_many = await subjectAt('/computers', [ROW, 50], larger, many.session)
    // There are many lists, so each has fewer rounds.
    const rounds = { ...scale, repeats: Math.min(scale.repeats, 3) }
    await measure([...subjects.map(([, one]) => one), of_many], floor, rounds)
    for (const [name, one] of subjects) yield* describe(name, one, { share: 5, p99: 60 })
    const cpuMs = ({ rounds }: Subject) => median(rounds.map(({ page }) => page.cpu_ms_per_request))
    const share = (100 * cpuMs(subjects[0]![1])) / cpuMs(of_many)
    const unit = `% of the rate at ${scale.medium}`
    yield figure(`Computers page of ${scale.large}`, share, unit, { at_least: 80 })
  } finally {
    for (const one of servers) await one.stop()
  }
}

const addressOf = (query: string) => `/computers?${query.replace('TOP', TOP)}`
