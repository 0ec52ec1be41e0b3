import type { Form } from '../../web/form.ts'
import { view } from '../../web/page.ts'
import type { SavedOver } from '../../web/saved-over.ts'
import type { Permission } from '../permissions.ts'
import type { PermissionGroup } from './permission-groups.ts'
import type { Role, RoleHolders } from './queries.ts'

export type RoleEditor = {
  /** Null for a new one. */
  role: Role | null
  form: Form
  /** The permissions that are ticked. */
  chosen: ReadonlySet<string>
  groups: PermissionGroup[]
  /** Those that the editor does not have throughout All tenants, and so can neither give nor take. */
  out_of_reach: ReadonlySet<Permission>
  holders: RoleHolders | null
  saved_over: SavedOver | null
}

export const views = {
  list: view<{ roles: Role[] }>('access/roles/list'),
  edit: view<RoleEditor>('access/roles/edit'),
}
