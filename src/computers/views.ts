import type { HistoryEntry } from '../audit/history.ts'
import type { PreferenceRow } from '../preferences/explain.ts'
import type { CarriedTag } from '../tags/effective.ts'
import type { Tag } from '../tags/queries.ts'
import type { Form } from '../web/form.ts'
import { view } from '../web/page.ts'
import type { DecisionPage, UndecidedPage } from './decision-page.ts'
import type { SavedOver } from '../web/saved-over.ts'
import type { ComputerHead } from './head.ts'
import { computerKinds, kindLooks } from './kinds.ts'
import type { ListProps } from './list-page.ts'
import type { ListedAgent } from './queries.ts'

/** The panel with the tags of something, for who looks. */
export type TagsPanel = {
  tags: CarriedTag[]
  usable: Tag[]
  /** Where they can be changed; null where that is not for who looks. */
  action: string | null
  may_make: boolean
  may_see_people: boolean
}

const kinds = computerKinds.map((kind) => ({ value: kind, label: kindLooks[kind].label }))

type FormPage = { form: Form; kinds: typeof kinds }
const newComputer = view<FormPage>('computers/new')
const edit = view<FormPage & { head: ComputerHead; saved_over: SavedOver | null }>('computers/edit')

export const views = {
  list: view<ListProps>('computers/list'),
  overview: view<{ head: ComputerHead; agents: ListedAgent[]; tags: TagsPanel }>(
    'computers/overview',
  ),
  preferences: view<{ head: ComputerHead; groups: { name: string; rows: PreferenceRow[] }[] }>(
    'computers/preferences',
  ),
  history: view<{
    head: ComputerHead
    entries: HistoryEntry[]
    older: string | null
    newest: string | null
  }>('computers/history'),
  newComputer: (form: Form) => newComputer({ form, kinds }),
  edit: (head: ComputerHead, form: Form, saved_over: SavedOver | null = null) =>
    edit({ head, form, saved_over, kinds }),
  removal: view<{ head: ComputerHead; form: Form }>('computers/removal'),
  undecided: view<UndecidedPage>('computers/undecided'),
  decision: view<DecisionPage>('computers/decision'),
}
