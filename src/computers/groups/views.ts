import type { HistoryEntry } from '../../audit/history.ts'
import type { Tag } from '../../tags/queries.ts'
import type { Form } from '../../web/form.ts'
import { view } from '../../web/page.ts'
import type { SavedOver } from '../../web/saved-over.ts'
import { maintenances } from '../conditions.ts'
import { computerKinds, kindLooks, platformLabels, platforms } from '../kinds.ts'
import { seenLabels, seenSpans } from '../seen.ts'
import { groupStates } from './filter.ts'
import type { GroupHead } from './head.ts'
import type { GroupPage } from './page.ts'
import type { ComputerGroup } from './queries.ts'
import type { Use } from './uses.ts'
import { groupStateLabels, maintenanceLabels } from './words.ts'

/** A group as the list shows it. */
export type ListedGroup = ComputerGroup & {
  /** How many members the actor sees, in words. */
  members: string
  problem: string
}

const option = (value: string, label: string) => ({ value, label })

/** What a filter can ask for, to choose from. */
const choices = {
  states: groupStates.map((state) => option(state, groupStateLabels[state])),
  kinds: [option('', 'Any'), ...computerKinds.map((kind) => option(kind, kindLooks[kind].label))],
  platforms: [option('', 'Any'), ...platforms.map((one) => option(one, platformLabels[one]))],
  spans: [option('', 'At any time'), ...seenSpans.map((span) => option(span, seenLabels[span]))],
  maintenances: [
    option('', 'Included or excluded'),
    ...maintenances.map((one) => option(one, maintenanceLabels[one])),
  ],
}

const tagOptions = (tags: Tag[]) => [
  option('', 'Any'),
  ...tags.map(({ id, name }) => option(String(id), name)),
]

type FormPage = { form: Form; choices: typeof choices; tags: ReturnType<typeof option>[] }

const newGroup = view<FormPage>('computers/groups/new')
const edit = view<FormPage & { head: GroupHead; saved_over: SavedOver | null }>(
  'computers/groups/edit',
)

export const views = {
  list: view<{ groups: ListedGroup[]; q: string; next_href: string | null; may_create: boolean }>(
    'computers/groups/list',
  ),
  page: view<GroupPage>('computers/groups/page'),
  history: view<{
    head: GroupHead
    entries: HistoryEntry[]
    older: string | null
    newest: string | null
  }>('computers/groups/history'),
  newGroup: (form: Form, tags: Tag[]) => newGroup({ form, choices, tags: tagOptions(tags) }),
  edit: (head: GroupHead, form: Form, tags: Tag[], saved_over: SavedOver | null = null) =>
    edit({ head, form, saved_over, choices, tags: tagOptions(tags) }),
  deletion: view<{ head: GroupHead; form: Form; uses: Use[] }>('computers/groups/deletion'),
}
