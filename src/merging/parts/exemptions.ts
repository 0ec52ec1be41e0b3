import { everyTenantTx } from '../../db/scope-guard.ts'
import type { Part } from '../part.ts'
import { countAt } from '../rows.ts'

/** Who excused the source did not excuse all of the destination. */
export const exemptions: Part = {
  columns: ['exemption.tenant_id'],
  needs: ['preference.view', 'preference.exempt'],

  async look(db, { source }) {
    const number = await countAt(db, 'exemption', source.id)
    return {
      counts: [
        {
          what: 'Exemptions',
          number,
          becomes: 'End: they were for the source alone',
          became: 'Ended: they were for the source alone',
        },
      ],
    }
  },

  async move(tx, { source }, step) {
    await everyTenantTx(tx)
      .deleteFrom('exemption')
      .where((eb) => eb.or([eb('tenant_id', '=', source.id), eb('lock_tenant_id', '=', source.id)]))
      .execute()
    await step(0)
  },
}
