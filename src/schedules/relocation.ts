import { type Asker, requireTenant } from '../access/visible.ts'
import type { Reads } from '../db/connection.ts'
import { Forbidden, NotFound } from '../errors.ts'
import {
  type Consequence,
  type ConsequencePanel,
  consequencePanel,
  firstRows,
} from '../jobs/consequences.ts'
import { countOf } from '../web/counts.ts'
import { listStanding } from './standing.ts'

/** Computers that would go to another tenant. */
type MovedComputers = { computers: { tenant_id: number }[]; tenant_id: number }

/** The names of schedules, by their id. */
type Names = Map<number, string>

type Tally = Map<number, { name: string; computers: number }>

/**
 * The schedules that no longer reach computers, were they of another tenant, and those that do anew.
 * Whether a computer is among those that a schedule is for, its tag or its group says.
 */
export const schedulesOfMovedComputers: Consequence<MovedComputers, ConsequencePanel> = {
  name: 'schedules',
  async foresee(db, asker, { computers, tenant_id }, pace) {
    const after = await listInForce(db, asker, tenant_id)
    if (!after) return { title: 'Schedules', note: UNREAD, rows: [], more: '' }
    const [lost, gained]: [Tally, Tally] = [new Map(), new Map()]
    let unread = 0
    for (const [source, some] of Map.groupBy(computers, (computer) => computer.tenant_id)) {
      const before = await listInForce(db, asker, source)
      if (!before) unread += some.length
      else {
        addMissing(lost, before, after, some.length)
        addMissing(gained, after, before, some.length)
      }
      await pace(0, 0)
    }
    if (lost.size + gained.size + unread === 0) return null
    const rows = [...rowOf('No longer maintained by', lost), ...rowOf('Maintained anew by', gained)]
    const { rows: listed, more } = firstRows(rows)
    const gap = unread > 0 ? `You may not see those of ${countOf(unread, ...NOUNS)}.` : ''
    return {
      title: 'Schedules',
      note: `${countOf(lost.size, 'schedule', 'schedules')} less, ${gained.size} more.`,
      rows: listed,
      more: [more, gap].filter(Boolean).join(' '),
    }
  },
  draw: consequencePanel,
}

const NOUNS = ['computer', 'computers'] as const
const UNREAD = 'You may not see the schedules there.'

/** The enabled schedules that are in effect at a tenant; undefined where the asker may not see them. */
async function listInForce(db: Reads, asker: Asker, tenant_id: number): Promise<Names | undefined> {
  try {
    const at = await requireTenant(db, asker, 'schedule.view', tenant_id)
    const schedules = await listStanding(db, at)
    return new Map(
      schedules
        .filter(({ state, standing }) => state === 'enabled' && standing.effect === 'on')
        .map(({ id, name }) => [id, name]),
    )
  } catch (error) {
    if (error instanceof Forbidden || error instanceof NotFound) return undefined
    throw error
  }
}

function addMissing(tally: Tally, these: Names, others: Names, computers: number) {
  for (const [id, name] of these)
    if (!others.has(id))
      tally.set(id, { name, computers: (tally.get(id)?.computers ?? 0) + computers })
}

const rowOf = (name: string, tally: Tally) =>
  tally.size === 0
    ? []
    : [
        {
          name,
          lines: [...tally.values()].map(
            (schedule) => `${schedule.name}, ${countOf(schedule.computers, ...NOUNS)}`,
          ),
        },
      ]
