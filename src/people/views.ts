import type { HistoryEntry } from '../audit/history.ts'
import type { listComputersOf } from '../computers/queries.ts'
import type { Tag } from '../tags/queries.ts'
import type { Form } from '../web/form.ts'
import { view } from '../web/page.ts'
import type { SavedOver } from '../web/saved-over.ts'
import type { PersonHead } from './head.ts'
import type { ListProps } from './list-page.ts'

type Choice = { value: string; label: string }

/** The roles that can be chosen; null where the actor may give none. */
export type RoleChoices = Choice[] | null

/** What became of an invitation that was just made: mailed, or a link to hand over. */
export type Invitation = { sent_to: string } | { link: string; problem: string | null }

export const views = {
  list: view<ListProps>('people/list'),
  newPerson: view<{ form: Form; roles: RoleChoices }>('people/new'),
  overview: view<{
    head: PersonHead
    way: { name: string; href: string | null }[]
    usable_tags: Tag[]
    may_make_tags: boolean
    /** Those of which they are the primary person; null where the actor may not see them. */
    computers: Awaited<ReturnType<typeof listComputersOf>> | null
    invitation: Invitation | null
  }>('people/overview'),
  history: view<{
    head: PersonHead
    entries: HistoryEntry[]
    older: string | null
    newest: string | null
  }>('people/history'),
  edit: view<{
    head: PersonHead
    form: Form
    roles: RoleChoices
    saved_over: SavedOver | null
  }>('people/edit'),
}
