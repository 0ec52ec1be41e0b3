import { view } from '../web/page.ts'
import type { Hit } from './groups.ts'

type Results = { q: string; groups: { label: string; hits: Hit[] }[] }

export const views = {
  page: view<Results>('search/page'),
  results: view<Results>('search/_results'),
}
