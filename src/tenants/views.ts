import { view } from '../web/page.ts'

export const views = {
  list: view<{ title: string }>('tenants/list'),
}
