import { WHOLE_ACCESS } from '../../src/access/decide.ts'
import type { VisibleTenant } from '../../src/db/scope.ts'

/** For tests: a tenant as one at which everything was found to be permitted. */
export const anyTenant = (id: number) => id as VisibleTenant<never>

/** For tests of what does not depend on who asks. */
export const PROGRAM = { access: WHOLE_ACCESS }
