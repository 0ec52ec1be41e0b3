import type { VisibleTenant } from '../../src/db/scope.ts'
import { nameKey } from '../../src/tenants/names.ts'

/** For tests: the row of a person, put into the database past every rule. */
export const personRow = (tenant_id: number, name: string, email: string) => ({
  tenant_id: tenant_id as VisibleTenant,
  name,
  sort_key: nameKey(name),
  email,
  email_key: email.toLowerCase(),
})
