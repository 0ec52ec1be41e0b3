import { everyTenantTx } from '../../db/scope-guard.ts'
import type { Part } from '../part.ts'
import { admittedAt, countAt } from '../rows.ts'

/** What the source was called before, and what was called so below it. */
export const aliases: Part = {
  columns: ['tenant_alias.tenant_id', 'tenant_alias.parent_id'],
  needs: ['tenant.edit'],

  async look(db, { source }) {
    const number = await countAt(db, 'tenant_alias', source.id)
    return { counts: [{ what: 'Former names', number, becomes: 'Move', became: 'Moved' }] }
  },

  async move(tx, pair, step) {
    const all = everyTenantTx(tx)
    const { source, destination } = pair
    await all
      .updateTable('tenant_alias')
      .set({ tenant_id: admittedAt(pair) })
      .where('tenant_id', '=', source.id)
      .execute()
    await all
      .updateTable('tenant_alias')
      .set({ parent_id: destination.id })
      .where('parent_id', '=', source.id)
      .execute()
    await step(0)
  },
}
