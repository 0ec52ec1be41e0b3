import type { PersonHead } from '../../people/head.ts'
import type { TenantHead } from '../../tenants/head.ts'
import type { Form } from '../../web/form.ts'
import { view } from '../../web/page.ts'
import type { AccessRow } from './access-tab.ts'
import type { ListedAssignment } from './queries.ts'
import type { ReportRow } from './report.ts'
import type { ReachedNode, ReachingPerson } from './reach.ts'
import type { SubjectOption } from './subjects.ts'

export type Option = { value: string; label: string }

/** An assignment with what the reader may do about it. */
export type ShownAssignment = ListedAssignment & { ended: boolean; may_withdraw: boolean }

export const views = {
  tenant: view<{
    head: TenantHead
    rows: AccessRow[]
    permission: string
    permissions: Option[]
    next: string | null
    may_grant: boolean
    given: { shown: ShownAssignment[]; older: string | null }
  }>('access/assignments/tenant'),
  person: view<{
    head: PersonHead
    person: ReachingPerson
    nodes: ReachedNode[]
    may_grant: boolean
  }>('access/assignments/person'),
  edit: view<{ form: Form; roles: Option[]; lasting: Option[] }>('access/assignments/edit'),
  report: view<{ rows: ReportRow[]; nodes: string[]; next: string | null }>(
    'access/assignments/report',
  ),
  subjects: view<{ options: SubjectOption[] }>('access/assignments/subjects'),
}
