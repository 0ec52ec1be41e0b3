import {
  type Consequence,
  type ConsequencePanel,
  consequencePanel,
  firstRows,
} from '../jobs/consequences.ts'
import { countOf } from '../web/counts.ts'
import type { Reads } from '../db/connection.ts'
import type { Pace } from '../pace.ts'
import { type Holder, type Shift, listHolders, weighHolder } from './shifts.ts'
import { permits } from './decide.ts'
import { nodePath } from './node-path.ts'
import type { Permission } from './permissions.ts'
import { type Asker, nameTenants } from './visible.ts'

type MovedComputers = { computers: { tenant_id: number }[]; tenant_id: number }

/** Who may see the computers now and would not, were they of another tenant; and the reverse. */
export const accessOfMovedComputers: Consequence<MovedComputers, ConsequencePanel> = {
  name: 'access',
  async foresee(db, asker, { computers, tenant_id }, pace) {
    const to = await nodePath(db, tenant_id)
    const groups = Map.groupBy(computers, (computer) => computer.tenant_id)
    const paths = await nameTenants(db, asker, groups.keys())
    const shifts = [...groups].map(([id, some]) => ({
      from: paths.get(id)!.path,
      to,
      under: to,
      number: some.length,
      carries: false,
    }))
    const nouns = ['computer', 'computers'] as const
    return foreseeAccess(db, asker, { shifts, permission: 'computer.view', nouns }, db.now(), pace)
  },
  draw: consequencePanel,
}

type MovedTenants = {
  tenants: { id: number; path: string; descendant_count: number }[]
  parent_id: number
}

/** The same for tenants that would come under another parent; what is given at them goes along. */
export const accessOfMovedTenants: Consequence<MovedTenants, ConsequencePanel> = {
  name: 'access',
  async foresee(db, asker, { tenants, parent_id }, pace) {
    const parent = await nodePath(db, parent_id)
    const shifts = tenants.map(({ id, path }) => ({
      from: path,
      to: `${parent}${id}/`,
      under: parent,
      number: 1,
      carries: true,
    }))
    const nouns = ['tenant', 'tenants'] as const
    return foreseeAccess(db, asker, { shifts, permission: 'tenant.view', nouns }, db.now(), pace)
  },
  draw: consequencePanel,
}

/** Tenants that would become part of another one, and what would be there or below it then. */
export type MergedBranches = {
  merged: {
    from: string
    to: string
    /** Whether what is given at it would hold at all of the other; what is denied does anyway. */
    gives: boolean
  }[]
  shifts: Omit<Shift, 'under' | 'becomes' | 'beside'>[]
  permission: Permission
  nouns: readonly [one: string, many: string]
}

/** The same for what would come to a tenant of which others become part, with their people. */
export const accessOfMerged: Consequence<MergedBranches, ConsequencePanel> = {
  name: 'access',
  foresee(db, asker, { merged, shifts, permission, nouns }, pace) {
    const becomes: Shift['becomes'] = (grant) => {
      const branch = merged.find(({ from }) => grant.path.startsWith(from))
      if (!branch) return grant
      const { from, to, gives } = branch
      const is_given = grant.effect === 'allow' && grant.assignment_id !== null
      if (grant.path === from && is_given && !gives) return null
      return { ...grant, path: to + grant.path.slice(from.length) }
    }
    const under = merged[0]!.to
    const beside = merged.map(({ from }) => from)
    const all = shifts.map((shift) => ({ ...shift, under, becomes, beside }))
    return foreseeAccess(db, asker, { shifts: all, permission, nouns }, db.now(), pace)
  },
  draw: consequencePanel,
}

type Question = {
  shifts: Shift[]
  permission: Permission
  nouns: readonly [one: string, many: string]
}

const TITLE = 'Who may see them'

async function foreseeAccess(
  db: Reads,
  asker: Asker,
  { shifts, permission, nouns }: Question,
  now: string,
  pace: Pace,
): Promise<ConsequencePanel | null> {
  const known = shifts.filter(({ from, under, beside = [] }) =>
    [from, under, ...beside].every((path) => permits(asker.access, 'access.view', path)),
  )
  if (known.length === 0)
    return {
      title: TITLE,
      note: 'You may not see who has access here or there.',
      rows: [],
      more: '',
    }
  const [gaining, losing] = [newTally(), newTally()]
  for await (const holder of listHolders(db, known, now)) {
    const { gains, loses } = weighHolder(holder, known, permission)
    if (gains > 0) note(gaining, asker, holder, gains)
    if (loses > 0) note(losing, asker, holder, loses)
    await pace(0, 0)
  }
  const rows = [
    ...rowsOf('Lose access', losing, known, nouns),
    ...rowsOf('Gain access', gaining, known, nouns),
  ]
  const people = (tally: Tally) => countOf(tally.number, 'person', 'people')
  return {
    title: TITLE,
    note:
      rows.length === 0
        ? 'The same people as now.'
        : `${people(losing)} less, ${people(gaining)} more.`,
    ...firstRows(rows),
  }
}

/** Those who gain or lose: by their tenant, as far as the asker may see them. */
type Tally = {
  number: number
  /** By tenant and how many things it is about: names. */
  named: Map<string, { tenant: string; things: number; names: string[] }>
  unnamed: number
}

const newTally = (): Tally => ({ number: 0, named: new Map(), unnamed: 0 })

function note(
  tally: Tally,
  asker: Asker,
  { name, tenant_name, tenant_path }: Holder,
  things: number,
) {
  tally.number++
  if (!permits(asker.access, 'person.view', tenant_path)) return void tally.unnamed++
  const key = `${tenant_path} ${things}`
  const group = tally.named.get(key) ?? { tenant: tenant_name, things, names: [] }
  group.names.push(name)
  tally.named.set(key, group)
}

/** Names of one tenant that are listed. */
const NAMED = 10

function rowsOf(
  label: string,
  { number, named, unnamed }: Tally,
  shifts: Shift[],
  nouns: Question['nouns'],
) {
  if (number === 0) return []
  const all = shifts.reduce((sum, shift) => sum + shift.number, 0)
  const lines = [...named.values()].map(({ tenant, things, names }) => {
    const more = names.length - NAMED
    const people = [...names.slice(0, NAMED), ...(more > 0 ? [`${more} more`] : [])].join(', ')
    const part = things < all ? ` – for ${countOf(things, ...nouns)}` : ''
    return `${people} (${tenant})${part}`
  })
  if (unnamed > 0)
    lines.push(`${countOf(unnamed, 'person', 'people')} of tenants that you do not see`)
  return [{ name: `${label}: ${number.toLocaleString('en')}`, lines }]
}
