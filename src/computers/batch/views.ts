import type { Form } from '../../web/form.ts'
import { view } from '../../web/page.ts'

/** What a batch has to be told before anything can be said of it. */
export type Asked = 'tenant' | 'tag' | 'person'

export const views = {
  choice: view<{
    form: Form
    asks: Asked | null
    tags: { value: string; label: string }[]
  }>('computers/_batch-choice'),
}
