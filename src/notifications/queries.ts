import type { Actor } from '../access/actor.ts'
import { visibleScope } from '../access/visible.ts'
import type { Reads } from '../db/connection.ts'
import { preparedInScope } from '../db/prepared.ts'
import { type Scope, inScope } from '../db/scope.ts'

/** What a person is told, without what is about a tenant that they may not see any more. */
const toldTo = (db: Reads, scope: Scope, person_id: number) =>
  db
    .selectFrom('notification')
    .where('notification.person_id', '=', person_id)
    .where(({ or, eb }) =>
      or([eb('notification.tenant_id', 'is', null), inScope(scope, 'notification.tenant_id')]),
    )

const unread = preparedInScope((db, scope: Scope, { person_id }: { person_id: number }) =>
  toldTo(db, scope, person_id)
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('notification.read_at', 'is', null),
)

/** How much the actor has not read yet: the figure at the bell, on every page. */
export async function countUnread(db: Reads, actor: Actor) {
  const scope = visibleScope(actor, 'tenant.view')
  const [row] = await unread(db, scope, { person_id: actor.person_id })
  return row?.count ?? 0
}

/** What the actor is told, the newest first: those older than `before`. */
export function listNotifications(
  db: Reads,
  actor: Actor,
  { limit, before }: { limit: number; before: number | undefined },
) {
  const query = toldTo(db, visibleScope(actor, 'tenant.view'), actor.person_id)
    .select(['notification.id', 'notification.title', 'notification.href'])
    .select(['notification.created_at', 'notification.read_at'])
    .orderBy('notification.id', 'desc')
    .limit(limit)
  return (before === undefined ? query : query.where('notification.id', '<', before)).execute()
}

export type ListedNotification = Awaited<ReturnType<typeof listNotifications>>[number]
