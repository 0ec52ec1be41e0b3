import type { Form } from '../../web/form.ts'
import { view } from '../../web/page.ts'
import type { ListedAssignment } from '../assignments/queries.ts'
import type { Group, ListedGroup, Member } from './queries.ts'

export const views = {
  list: view<{ groups: ListedGroup[]; next: string | null; may_create: boolean }>(
    'access/groups/list',
  ),
  new: view<{ form: Form }>('access/groups/new'),
  page: view<{
    group: Group
    members: Member[]
    next: string | null
    assignments: ListedAssignment[]
    may_edit: boolean
    /** Of the group itself. */
    form: Form
    /** Of a new member. */
    adding: Form
  }>('access/groups/page'),
}
