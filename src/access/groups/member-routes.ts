import type { FastifyInstance } from 'fastify'
import type { Db } from '../../db/connection.ts'
import { operation } from '../../db/operation.ts'
import { Conflict } from '../../errors.ts'
import { parseForm, takesNoFields } from '../../web/form.ts'
import { addMember, removeMember, updateGroup } from './commands.ts'
import { GroupForm, MemberForm } from './form.ts'
import { getGroup } from './queries.ts'
import { readGroupId, refusedForm, showGroup } from './routes.ts'

const config = { permission: 'access.grant', scope: 'anywhere', fresh: true } as const

type Params = { id: string; person_id: string }

/** Changing a group: its name, and who is in it. */
export function memberRoutes(app: FastifyInstance, db: Db) {
  app.post<{ Params: Params }>(
    '/groups/:id',
    { config },
    async ({ actor, params, body }, reply) => {
      const { id } = await getGroup(db, actor, readGroupId(params.id))
      const parsed = parseForm(GroupForm, body)
      if (!parsed.ok) return showGroup(db, actor, reply.code(422), id, { form: parsed.form })
      const { version, ...input } = parsed.input
      try {
        await operation(db, actor, 'group.update', (tx) =>
          updateGroup(tx, actor, id, input, version),
        )
      } catch (error) {
        const form = refusedForm(body, error)
        const current = (error instanceof Conflict && error.current) as { version?: number } | false
        // Whoever has been told what is there now may replace it.
        if (current && current.version) form.values['version'] = String(current.version)
        return showGroup(db, actor, reply.code(422), id, { form })
      }
      return reply.done(`/groups/${id}`, 'The group is changed.')
    },
  )

  addingRoutes(app, db)
}

function addingRoutes(app: FastifyInstance, db: Db) {
  app.post<{ Params: Params }>(
    '/groups/:id/members',
    { config },
    async ({ actor, params, body }, reply) => {
      const { id } = await getGroup(db, actor, readGroupId(params.id))
      const parsed = parseForm(MemberForm, body)
      if (!parsed.ok) return showGroup(db, actor, reply.code(422), id, { adding: parsed.form })
      try {
        const name = await operation(db, actor, 'group.add_member', (tx) =>
          addMember(tx, actor, id, parsed.input.email),
        )
        return reply.done(`/groups/${id}`, `${name} is a member.`)
      } catch (error) {
        const adding = refusedForm(body, error)
        return showGroup(db, actor, reply.code(422), id, { adding })
      }
    },
  )

  app.post<{ Params: Params }>(
    '/groups/:id/members/:person_id/removal',
    { config, preHandler: takesNoFields },
    async ({ actor, params }, reply) => {
      const { id } = await getGroup(db, actor, readGroupId(params.id))
      const person_id = readGroupId(params.person_id)
      await operation(db, actor, 'group.remove_member', (tx) =>
        removeMember(tx, actor, id, person_id),
      )
      return reply.done(`/groups/${id}`, 'They are no longer a member.')
    },
  )
}
