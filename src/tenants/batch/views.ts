import type { Form } from '../../web/form.ts'
import { view } from '../../web/page.ts'

export const views = {
  parentChoice: view<{ form: Form }>('tenants/_batch-parent'),
  kindChoice: view<{ form: Form; kinds: { value: string; label: string }[] }>(
    'tenants/_batch-kind',
  ),
  tagChoice: view<{ form: Form; tags: { value: string; label: string }[]; gives: boolean }>(
    'tenants/_batch-tag',
  ),
}
