import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Db } from '../db/connection.ts'
import { system } from '../db/operation.ts'
import { Invalid } from '../errors.ts'
import { parseForm } from '../web/form.ts'
import { idText } from '../web/numbers.ts'
import { readQuery } from '../web/query.ts'
import { markRead } from './commands.ts'
import { countUnread, listNotifications } from './queries.ts'
import { views } from './views.ts'

const PAGE = 50
const config = { permission: 'signed_in' } as const

const ListQuery = z.strictObject({ before: idText('Start from the newest.').optional() })
const ReadForm = z.strictObject({ last: idText('Say up to which one.') })

/** What the bell leads to. */
export function notificationRoutes(app: FastifyInstance, db: Db) {
  app.get('/notifications', { config }, async ({ actor, query }, reply) => {
    const { before } = readQuery(ListQuery, query)
    const [found, unread] = await Promise.all([
      listNotifications(db, actor, { limit: PAGE + 1, before }),
      countUnread(db, actor),
    ])
    const notifications = found.slice(0, PAGE)
    const older = found.length > PAGE ? `/notifications?before=${notifications.at(-1)!.id}` : null
    return reply.page(views.list({ notifications, unread, older }))
  })

  app.post('/notifications/reading', { config }, async ({ actor, body }, reply) => {
    const parsed = parseForm(ReadForm, body)
    if (!parsed.ok) throw new Invalid(parsed.form.errors)
    await system(db, (tx) => markRead(tx, actor.person_id, parsed.input.last, db.now()))
    return reply.redirect('/notifications', 303)
  })
}
