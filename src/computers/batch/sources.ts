import { nameTenants } from '../../access/visible.ts'
import {
  type Consequence,
  type ConsequencePanel,
  consequencePanel,
  firstRows,
} from '../../jobs/consequences.ts'
import { countOf } from '../../web/counts.ts'
import type { Move } from './consequences.ts'

/** How many computers would move, and from which tenants. */
export const sources: Consequence<Move, ConsequencePanel> = {
  name: 'sources',
  async foresee(db, asker, { computers, tenant_id }) {
    if (computers.length === 0) return null
    const groups = Map.groupBy(computers, (computer) => computer.tenant_id)
    const names = await nameTenants(db, asker, [...groups.keys(), tenant_id])
    const rows = [...groups]
      .toSorted(([, some], [, others]) => others.length - some.length)
      .map(([id, some]) => ({
        name: names.get(id)?.name ?? '',
        lines: [countOf(some.length, 'computer', 'computers')],
      }))
    const what = countOf(computers.length, 'computer moves', 'computers move')
    const from = countOf(groups.size, 'tenant', 'tenants')
    return {
      title: 'From where',
      note: `${what} from ${from} to ${names.get(tenant_id)?.name ?? ''}, with history and agents.`,
      ...firstRows(rows),
    }
  },
  draw: consequencePanel,
}
