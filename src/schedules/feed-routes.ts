import type { FastifyInstance } from 'fastify'
import { claimTry, networkOf } from '../access/throttle.ts'
import type { Db } from '../db/connection.ts'
import { operation } from '../db/operation.ts'
import { NotFound } from '../errors.ts'
import { getTenantHead, readTenantId } from '../tenants/head.ts'
import { takesNoFields } from '../web/form.ts'
import { readId } from '../web/numbers.ts'
import { view } from '../web/page.ts'
import type { TenantHead } from '../tenants/head.ts'
import { createFeed, feedPath, listFeeds, readFeed, revokeFeed } from './feeds.ts'

type Id = { Params: { id: string } }
type Feed = { Params: { id: string; feed_id: string } }

const page = view<{
  head: TenantHead
  feeds: { id: number; created_at: string }[]
  link: string | null
}>('schedules/feeds')

const SECRET = /^([\w-]{43})\.ics$/

/** Secret links by which other programs read a calendar. */
export function feedRoutes(app: FastifyInstance, db: Db, url: string | undefined) {
  const config = { permission: 'schedule.view', scope: 'tenant' } as const

  app.get<Id>('/tenants/:id/calendar/feeds', { config }, async ({ actor, params }, reply) => {
    const id = readTenantId(params.id)
    const head = await getTenantHead(db, actor, id, 'calendar')
    return reply.page(page({ head, feeds: await listFeeds(db, actor, id), link: null }))
  })

  // The answer is the page itself, because the secret is kept nowhere.
  app.post<Id>(
    '/tenants/:id/calendar/feeds',
    { config: { ...config, fresh: true }, preHandler: takesNoFields },
    async (request, reply) => {
      const { actor, params } = request
      const id = readTenantId(params.id)
      const head = await getTenantHead(db, actor, id, 'calendar')
      const secret = await operation(db, actor, 'calendar_feed.create', (tx) =>
        createFeed(tx, actor, id),
      )
      const link = (url ?? `${request.protocol}://${request.host}`) + feedPath(secret)
      return reply.code(201).page(page({ head, feeds: await listFeeds(db, actor, id), link }))
    },
  )

  app.post<Feed>(
    '/tenants/:id/calendar/feeds/:feed_id/revocation',
    { config, preHandler: takesNoFields },
    async ({ actor, params }, reply) => {
      const id = readTenantId(params.id)
      const feed_id = readId(params.feed_id)
      if (feed_id === undefined) throw new NotFound('such link')
      await operation(db, actor, 'calendar_feed.revoke', (tx) => revokeFeed(tx, actor, id, feed_id))
      return reply.done(`/tenants/${id}/calendar/feeds`, 'The link was revoked.')
    },
  )
  readingByLink(app, db)
}

/** What other programs read: without signing in, and without learning who may. */
function readingByLink(app: FastifyInstance, db: Db) {
  app.get<{ Params: { file: string } }>(
    '/calendar/:file',
    { config: { permission: 'public' } },
    async ({ params, ip, headers }, reply) => {
      const secret = SECRET.exec(params.file)?.[1]
      const feed = secret && (await readFeed(db, secret))
      reply.header('cache-control', 'no-store').header('referrer-policy', 'no-referrer')
      reply.header('x-robots-tag', 'noindex, nofollow')
      if (feed) {
        const etag = `W/"${feed.tag}"`
        reply.header('etag', etag)
        if (headers['if-none-match'] === etag) return reply.code(304).send()
        reply.header('content-disposition', 'inline; filename="maintenance.ics"')
        return reply.type('text/calendar; charset=utf-8').send(feed.calendar)
      }
      // Counted apart from sign-in: a program that goes on asking for a link that was revoked must
      // not keep people out.
      const counter = `calendar ${networkOf(ip)}`
      const tried = await claimTry(db, { account_key: counter, address: counter })
      const refused = 'retry_at' in tried
      if (refused) reply.header('retry-after', '900')
      return reply
        .code(refused ? 429 : 404)
        .type('text/plain; charset=utf-8')
        .send('No such calendar.\n')
    },
  )
}
