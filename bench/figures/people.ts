import { join } from 'node:path'
import type { Bench } from '../bench.ts'
import { copyDataset } from '../databases.ts'
import type { Figure } from '../figure.ts'
import { addPeople } from '../people.ts'
import { startFloor, startTenantry } from '../server.ts'
import { describe, measure, subjectAt } from './pages.ts'

const ROWS = [/<tr id="p\d+"/g, 50] as const

/** The list of people, as it is and as it is searched and filtered. */
const lists = [
  ['People page', '/people'],
  ['People: a name that many have', '/people?q=smith'],
  ['People: part of an address', '/people?q=person.12'],
  ['People with a role', '/people?role=3'],
  ['People without a role', '/people?role=none'],
  ['People brought in', '/people?source=imported'],
  ['People by tenant', '/people?sort=tenant'],
] as const

/** What the list of 100,000 people costs beside the floor, by each search and filter. */
export async function* people({ scale, folder, dataset }: Bench): AsyncGenerator<Figure> {
  const copy = copyDataset(await dataset(scale.small), join(folder, 'people'))
  await addPeople(copy, scale.medium)
  const floor = await startFloor()
  const server = await startTenantry(copy)
  try {
    const subjects = []
    for (const [name, path] of lists)
      subjects.push({ name, of: await subjectAt(path, ROWS, server, copy.session) })
    await measure(
      subjects.map((one) => one.of),
      floor,
      scale,
    )
    for (const { name, of } of subjects) yield* describe(name, of, { p99: 40 })
  } finally {
    for (const one of [floor, server]) await one.stop()
  }
}
