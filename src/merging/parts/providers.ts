import type { Reads } from '../../db/connection.ts'
import { everyTenant, everyTenantTx } from '../../db/scope-guard.ts'
import type { Part } from '../part.ts'
import { admittedAt, countAt } from '../rows.ts'

/** Who vouches for the people of the source does so for them at the destination. */
export const providers: Part = {
  columns: ['identity_provider.tenant_id'],
  needs: ['settings.manage'],

  async look(db, { source }) {
    const number = await countAt(db, 'identity_provider', source.id)
    const becomes = 'Move, and are offered to all of the destination'
    const became = 'Moved, and offered to all of the destination'
    return { counts: [{ what: 'Providers of single sign-on', number, becomes, became }] }
  },

  async move(tx, pair, step) {
    await everyTenantTx(tx)
      .updateTable('identity_provider')
      .set((eb) => ({ tenant_id: admittedAt(pair), version: eb('version', '+', 1) }))
      .where('tenant_id', '=', pair.source.id)
      .execute()
    await step(0)
  },
}

/** Whoever asked for the source, and was not answered yet, asks for the destination now. */
export const requests: Part = {
  columns: ['access_request.asked_tenant_id'],
  needs: ['access.view', 'access.grant'],

  async look(db, { source }) {
    const number = (await askedFor(db, source.id)).length
    return {
      counts: [
        {
          what: 'Open requests for access',
          number,
          becomes: 'Ask for the destination',
          became: 'Ask for the destination now',
        },
      ],
    }
  },

  async move(tx, { source, destination }, step) {
    await everyTenantTx(tx)
      .updateTable('access_request')
      .set({ asked_tenant_id: destination.id })
      .where('asked_tenant_id', '=', source.id)
      .where('state', '=', 'open')
      .execute()
    await step(0)
  },
}

const askedFor = (db: Reads, tenant_id: number) =>
  everyTenant(db)
    .selectFrom('access_request')
    .select('id')
    .where('asked_tenant_id', '=', tenant_id)
    .where('state', '=', 'open')
    .execute()
