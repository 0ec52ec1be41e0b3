import type { FastifyInstance, FastifyReply } from 'fastify'
import { z } from 'zod'
import type { Actor } from '../access/actor.ts'
import { permits, permitsSomewhere } from '../access/decide.ts'
import { NO_FILTER, readOperations } from '../audit/operations.ts'
import { listComputersOf } from '../computers/queries.ts'
import type { Db } from '../db/connection.ts'
import { operation } from '../db/operation.ts'
import { Invalid } from '../errors.ts'
import type { Mailer } from '../mail/mailer.ts'
import { tagsToGive } from '../tags/queries.ts'
import { getPath } from '../tenants/queries.ts'
import { takesNoFields } from '../web/form.ts'
import { idText } from '../web/numbers.ts'
import { readQuery } from '../web/query.ts'
import { deletePerson, updatePerson } from './commands.ts'
import { getPersonHead, readPersonId } from './head.ts'
import { invitePerson } from './invite.ts'
import { getPerson } from './queries.ts'
import { changeTag } from './tagging.ts'
import { type Invitation, views } from './views.ts'

type Id = { Params: { id: string } }
const HISTORY_PAGE = 50
/** How many of their computers the page of a person shows. */
const COMPUTERS_SHOWN = 20
const TagForm = z.strictObject({ tag: idText('Choose a tag from the list.') })

/** How invitations are sent, and where their links lead. */
type Post = { mailer: Mailer; url: string | undefined }

/** The pages of a person, and what can be done there. */
export function personPageRoutes(app: FastifyInstance, db: Db, post: Post) {
  showPerson(app, db)
  manageUser(app, db, post)
  tagPerson(app, db)
}

async function overview(db: Db, actor: Actor, id: number, invitation: Invitation | null = null) {
  const head = await getPersonHead(db, actor, id, '', db.now())
  const { person, tags } = head
  const sees_computers = permits(actor.access, 'computer.view', person.tenant_path)
  const carried = new Set(tags.map((tag) => tag.id))
  const [way, usable_tags, computers] = await Promise.all([
    getPath(db, actor, person.tenant_id),
    head.may.edit ? tagsToGive(db, person.tenant_path, carried) : [],
    sees_computers ? listComputersOf(db, actor, id, COMPUTERS_SHOWN) : null,
  ])
  return views.overview({
    head,
    way: way.slice(1).map(({ id, name, visible }) => ({
      name,
      href: visible ? `/tenants/${id}` : null,
    })),
    usable_tags,
    may_make_tags: head.may.edit && permitsSomewhere(actor.access, 'tag.manage'),
    computers,
    invitation,
  })
}

function showPerson(app: FastifyInstance, db: Db) {
  const config = { permission: 'person.view', scope: 'anywhere' } as const
  app.get<Id>('/people/:id', { config }, async ({ actor, params }, reply) =>
    reply.page(await overview(db, actor, readPersonId(params.id))),
  )
  app.get<Id>('/people/:id/history', { config }, async ({ actor, params, query }, reply) => {
    const { before } = readQuery(z.object({ before: idText().optional() }), query)
    const id = readPersonId(params.id)
    const head = await getPersonHead(db, actor, id, 'history', db.now())
    const filter = { ...NO_FILTER, person_id: id }
    const page = { before: before ?? null, limit: HISTORY_PAGE }
    const { entries, next } = await readOperations(db, actor, filter, page)
    const here = `/people/${id}/history`
    const older = next === null ? null : `${here}?before=${next}`
    return reply.page(views.history({ head, entries, older, newest: before ? here : null }))
  })
}

function manageUser(app: FastifyInstance, db: Db, { mailer, url }: Post) {
  const config = { permission: 'person.edit', scope: 'anywhere', fresh: true } as const
  const setActive =
    (active: boolean) => async (actor: Actor, text: string, reply: FastifyReply) => {
      const id = readPersonId(text)
      const kind = active ? 'person.activate' : 'person.deactivate'
      const { name } = await getPerson(db, actor, id)
      await operation(db, actor, kind, (tx) => updatePerson(tx, actor, id, { active }))
      return reply.done(`/people/${id}`, `${name} was ${active ? 'activated' : 'deactivated'}.`)
    }
  app.post<Id>(
    '/people/:id/activation',
    { config, preHandler: takesNoFields },
    ({ actor, params }, reply) => setActive(true)(actor, params.id, reply),
  )
  app.post<Id>(
    '/people/:id/deactivation',
    { config, preHandler: takesNoFields },
    ({ actor, params }, reply) => setActive(false)(actor, params.id, reply),
  )

  app.post<Id>(
    '/people/:id/deletion',
    { config: { ...config, permission: 'person.delete' }, preHandler: takesNoFields },
    async ({ actor, params }, reply) => {
      const id = readPersonId(params.id)
      const { name } = await getPerson(db, actor, id)
      await operation(db, actor, 'person.delete', (tx) => deletePerson(tx, actor, id))
      return reply.done('/people', `${name} was deleted.`)
    },
  )

  app.post<Id>(
    '/people/:id/invitations',
    { config: { ...config, permission: 'user.manage' }, preHandler: takesNoFields },
    async (request, reply) => {
      const { actor, params } = request
      const id = readPersonId(params.id)
      const invitation = await invitePerson(db, mailer, actor, id)
      if ('sent_to' in invitation)
        return reply.done(`/people/${id}`, `The invitation was sent to ${invitation.sent_to}.`)
      reply.header('cache-control', 'no-store')
      const origin = url ?? `${request.protocol}://${request.host}`
      const shown = { ...invitation, link: origin + invitation.link }
      return reply.page(await overview(db, actor, id, shown))
    },
  )
}

function tagPerson(app: FastifyInstance, db: Db) {
  const config = { permission: 'person.edit', scope: 'anywhere' } as const
  const change = (gives: boolean) => async (actor: Actor, text: string, body: unknown) => {
    const id = readPersonId(text)
    const parsed = TagForm.safeParse(body ?? {})
    if (!parsed.success) throw new Invalid({ tag: 'Choose a tag from the list.' })
    await operation(db, actor, gives ? 'person.tag' : 'person.untag', (tx) =>
      changeTag(tx, actor, id, parsed.data.tag, { gives }),
    )
    return `/people/${id}`
  }
  app.post<Id>('/people/:id/tags', { config }, async ({ actor, params, body }, reply) =>
    reply.redirect(await change(true)(actor, params.id, body), 303),
  )
  app.post<Id>('/people/:id/tags/removal', { config }, async ({ actor, params, body }, reply) =>
    reply.redirect(await change(false)(actor, params.id, body), 303),
  )
}
