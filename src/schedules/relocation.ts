import { permits } from '../access/decide.ts'
import { type Asker, nameTenants } from '../access/visible.ts'
import type { Db } from '../db/connection.ts'
import { type Consequence, type ConsequencePanel, consequencePanel } from '../jobs/consequences.ts'
import { valueUnder } from '../preferences/in-effect.ts'
import { countOf } from '../web/counts.ts'
import { readScheduleChain } from './chains.ts'
import { TIME_ZONE } from './option-keys.ts'
import { schedulePanel } from './shift-panel.ts'
import { sumShifts } from './shift-sums.ts'
import type { Shift } from './shifts.ts'
import { readZones } from './tenant-zones.ts'

/** Computers that would go to another tenant. */
type MovedComputers = { computers: { id: number; tenant_id: number }[]; tenant_id: number }

/** Tenants that would come under another parent, with all below them. */
type MovedTenants = { tenants: { id: number; path: string }[]; parent_id: number }

/** More places are not looked at. */
const MOST_PLACES = 500

const UNREAD: ConsequencePanel = {
  title: 'Schedules',
  note: 'You may not see the schedules there.',
  rows: [],
  more: '',
}

/**
 * The schedules that no longer reach computers, were they of another tenant, and those that do anew:
 * for how many of them, and which windows are open or open within a day.
 */
export const schedulesOfMovedComputers: Consequence<MovedComputers, ConsequencePanel> = {
  name: 'schedules',
  async foresee(db, asker, { computers, tenant_id }, pace) {
    const groups = Map.groupBy(computers, (computer) => computer.tenant_id)
    const tenants = await nameTenants(db, asker, [...groups.keys(), tenant_id])
    const reads = (id: number) => mayRead(asker, tenants.get(id)?.path)
    if (!reads(tenant_id)) return UNREAD
    const readable = [...groups].filter(([id]) => reads(id))
    const unread = [...groups].filter(([id]) => !reads(id)).flatMap(([, some]) => some).length
    const shifts = async function* (): AsyncGenerator<Shift> {
      const after = await readScheduleChain(db, tenant_id)
      const zones = await readZones(db, db.now())
      for (const [id, some] of readable.slice(0, MOST_PLACES)) {
        const { path } = tenants.get(id)!
        yield {
          at: { id, path, only: true },
          computer_ids: some.map((computer) => computer.id),
          before: await readScheduleChain(db, id),
          after,
          zone_before: zones.at(path),
          zone_after: zones.at(tenants.get(tenant_id)!.path),
        }
      }
    }
    const sums = await sumShifts(db, asker, shifts(), pace)
    const beyond = readable.slice(MOST_PLACES).length
    const panel = schedulePanel(sums, {
      unread: unread > 0 ? countOf(unread, 'computer', 'computers') : '',
      beyond: beyond > 0 ? countOf(beyond, 'tenant', 'tenants') : '',
    })
    return panel && panel.rows.length + panel.more.length > 0 ? panel : null
  },
  draw: consequencePanel,
}

/** The same for tenants that would come under another parent, with all below them. */
export const schedulesOfMovedTenants: Consequence<MovedTenants, ConsequencePanel> = {
  name: 'schedules',
  async foresee(db, asker, { tenants, parent_id }, pace) {
    const parent = (await nameTenants(db, asker, [parent_id])).get(parent_id)
    if (!mayRead(asker, parent?.path)) return UNREAD
    const readable = tenants.filter(({ path }) => mayRead(asker, path))
    const unread = tenants.length - readable.length
    const beyond = Math.max(0, readable.length - MOST_PLACES)
    const shifts = shiftsOf(db, readable.slice(0, MOST_PLACES), tenants, parent_id)
    return schedulePanel(await sumShifts(db, asker, shifts, pace), {
      unread: unread > 0 ? countOf(unread, 'tenant', 'tenants') : '',
      beyond: beyond > 0 ? countOf(beyond, 'tenant', 'tenants') : '',
    })
  },
  draw: consequencePanel,
}

/** Each tenant that moves, with all below it but for those that move by themselves. */
export async function* shiftsOf(
  db: Db,
  tenants: MovedTenants['tenants'],
  moving: MovedTenants['tenants'],
  parent_id: number,
  after = readScheduleChain(db, parent_id),
): AsyncGenerator<Shift> {
  const zones = await readZones(db, db.now())
  for (const { id, path } of tenants) {
    const former = Number(path.split('/').at(-3))
    yield {
      at: { id, path, only: false },
      except: moving.filter((other) => other.id !== id && other.path.startsWith(path)).map(pathOf),
      before: await readScheduleChain(db, former),
      after: await after,
      zone_before: zones.at(path),
      zone_after: String(await valueUnder(db, { id, parent_id }, TIME_ZONE, db.now())),
    }
  }
}

const pathOf = ({ path }: { path: string }) => path

export const mayRead = ({ access }: Asker, path: string | undefined) =>
  path !== undefined && permits(access, 'schedule.view', path)
