import { view } from '../web/page.ts'
import type { ListedNotification } from './queries.ts'

export const views = {
  list: view<{ notifications: ListedNotification[]; unread: number; older: string | null }>(
    'notifications/list',
  ),
}
