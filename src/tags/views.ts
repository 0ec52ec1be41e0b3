import type { TagColor } from '../db/tag-schema.ts'
import type { Form } from '../web/form.ts'
import { view } from '../web/page.ts'
import type { ManagedTag } from './queries.ts'
import type { UseOfTag } from './uses.ts'

type Choice = { value: TagColor; label: string }

export const views = {
  list: view<{ tags: ManagedTag[]; q: string; next_href: string | null }>('tags/list'),
  newTag: view<{ form: Form; colors: Choice[] }>('tags/new'),
  edit: view<{ form: Form; colors: Choice[]; tag: ManagedTag & { uses: UseOfTag[] } }>('tags/edit'),
}
