import { operation } from '../../src/db/operation.ts'
import { everyTenantTx } from '../../src/db/scope-guard.ts'
import type { World } from './world.ts'

/** Brings a computer into another tenant. */
export const moveComputer = ({ db, actor }: World, id: number, tenant_id: number) =>
  operation(db, actor, 'test.move', (tx) =>
    everyTenantTx(tx)
      .updateTable('computer')
      .set({ tenant_id: tenant_id as never })
      .where('id', '=', id)
      .execute(),
  )
