import type { Asker } from '../access/visible.ts'
import type { Db } from '../db/connection.ts'
import { type Consequence, type ConsequencePanel, consequencePanel } from '../jobs/consequences.ts'
import type { Pace } from '../pace.ts'
import { type ScheduleChain, readScheduleChain } from './chains.ts'
import { mayRead, shiftsOf } from './relocation.ts'
import { schedulePanel } from './shift-panel.ts'
import { sumShifts } from './shift-sums.ts'
import type { Shift } from './shifts.ts'
import { readZones } from './tenant-zones.ts'

type Place = { id: number; path: string }

/** Tenants that would become part of another one. */
type Merged = {
  sources: Place[]
  destination: Place & { name: string }
  /** Their child tenants that would come under it. */
  children: Place[]
  /** The names that schedules would have, by id: those of the sources go along. */
  names: ReadonlyMap<number, string>
  /** The ids of decisions about inherited schedules that the destination takes. */
  taken: ReadonlySet<number>
}

const NO_GAPS = { unread: '', beyond: '' }

const foreseen =
  (listShifts: (db: Db, merged: Merged, after: ScheduleChain) => AsyncGenerator<Shift>) =>
  async (db: Db, asker: Asker, merged: Merged, pace: Pace) => {
    const { destination, sources } = merged
    if (![destination, ...sources].every(({ path }) => mayRead(asker, path))) return null
    const shifts = listShifts(db, merged, await chainAfter(db, merged))
    return schedulePanel(await sumShifts(db, asker, shifts, pace), NO_GAPS)
  }

/** What becomes of schedules for the computers and child tenants of the sources. */
export const schedulesOfWhatArrives: Consequence<Merged, ConsequencePanel> = {
  name: 'schedules',
  foresee: foreseen(async function* (db, { sources, destination, children }, after) {
    const zones = await readZones(db, db.now())
    for (const source of sources)
      yield {
        at: { ...source, only: true },
        before: await readScheduleChain(db, source.id),
        after,
        zone_before: zones.at(source.path),
        zone_after: zones.at(destination.path),
      }
    yield* shiftsOf(db, children, children, destination.id, Promise.resolve(after))
  }),
  draw: consequencePanel,
}

/** The same for what is at the destination: the schedules of the sources are for that, too. */
export const schedulesOfDestination: Consequence<Merged, ConsequencePanel> = {
  name: 'destination_schedules',
  foresee: foreseen(async function* (db, { sources, destination: { id, path } }, after) {
    const zone = (await readZones(db, db.now())).at(path)
    const before = await readScheduleChain(db, id)
    yield {
      at: { id, path, only: false },
      except: sources.map((source) => source.path),
      // Its own decisions count as those of what it is the top of.
      before: { ...before, nodes: before.nodes.slice(0, -1) },
      after: { ...after, nodes: after.nodes.slice(0, -1) },
      zone_before: zone,
      zone_after: zone,
    }
  }),
  draw: consequencePanel,
}

/** The chain of the destination as it would be: with the schedules of the sources as its own. */
async function chainAfter(
  db: Db,
  { sources, destination, names, taken }: Merged,
): Promise<ScheduleChain> {
  const { nodes, owned, overrides } = await readScheduleChain(db, destination.id)
  const chain = { nodes, owned: [...owned], overrides: [...overrides] }
  for (const { id } of sources) {
    const source = await readScheduleChain(db, id)
    for (const schedule of source.owned.filter(({ tenant_id }) => tenant_id === id)) {
      const name = names.get(schedule.id) ?? schedule.name
      const { path, name: tenant_name } = destination
      chain.owned.push({ ...schedule, name, tenant_id: destination.id, tenant_name, path })
    }
    for (const one of source.overrides.filter((override) => taken.has(override.id))) {
      const isOther = (other: typeof one) =>
        other.schedule_id !== one.schedule_id || other.tenant_id !== destination.id
      const as_its_own = { ...one, tenant_id: destination.id }
      chain.overrides = [...chain.overrides.filter(isOther), as_its_own]
    }
  }
  return chain
}
