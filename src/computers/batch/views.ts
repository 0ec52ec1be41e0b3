import type { Form } from '../../web/form.ts'
import { view } from '../../web/page.ts'

export const views = {
  choice: view<{ form: Form; asks: 'tenant' | 'person' | null; nouns: string }>(
    'computers/_batch-choice',
  ),
}
