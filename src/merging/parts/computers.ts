import { placeAt } from '../../computers/place.ts'
import { everyTenantTx } from '../../db/scope-guard.ts'
import { chunks } from '../../pace.ts'
import type { Part } from '../part.ts'
import { admittedAt, countAt, idsAt, listed, WRITTEN_AT_ONCE } from '../rows.ts'

/** Computers keep their names, their primary people and their agents; names may well repeat. */
export const computers: Part = {
  columns: ['computer.tenant_id', 'agent.tenant_id'],
  needs: ['computer.view', 'computer.move'],

  async look(db, { source }) {
    return {
      counts: [
        {
          what: 'Computers',
          number: await countAt(db, 'computer', source.id),
          becomes: 'Move, with their primary people',
          became: 'Moved, with their primary people',
        },
        {
          what: 'Agents',
          number: await countAt(db, 'agent', source.id),
          becomes: 'Move',
          became: 'Moved',
        },
      ],
    }
  },

  async move(tx, pair, step) {
    const all = everyTenantTx(tx)
    const tenant_id = admittedAt(pair)
    for (const ids of chunks(await idsAt(tx, 'computer', pair.source.id), WRITTEN_AT_ONCE)) {
      await all
        .updateTable('computer')
        .set((eb) => ({ ...placeAt(eb, tenant_id), version: eb('version', '+', 1) }))
        .where('id', 'in', (eb) => eb.selectFrom(listed(ids)).select('id'))
        .execute()
      await step(ids.length)
    }
    // Those of computers went with them; the others wait for a decision.
    const undecided = await idsAt(tx, 'agent', pair.source.id)
    for (const ids of chunks(undecided, WRITTEN_AT_ONCE)) {
      await all
        .updateTable('agent')
        .set({ tenant_id })
        .where('id', 'in', (eb) => eb.selectFrom(listed(ids)).select('id'))
        .execute()
      await step(ids.length)
    }
  },
}
