import type { ExpressionBuilder } from 'kysely'
import type { Schema } from '../db/schema.ts'
import { type VisibleTenant, ofTenant } from '../db/scope.ts'

/** What is set of computers that come to a tenant: where that is, too, so that no trigger has to. */
export const placeAt = (eb: ExpressionBuilder<Schema, 'computer'>, tenant_id: VisibleTenant) => ({
  tenant_id,
  top_id: eb.selectFrom('tenant').select('tenant.top_id').where(ofTenant('tenant.id', tenant_id)),
})
