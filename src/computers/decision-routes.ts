import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Db } from '../db/connection.ts'
import { operation } from '../db/operation.ts'
import { Invalid } from '../errors.ts'
import { freshForm, parseForm, withError } from '../web/form.ts'
import { idText } from '../web/numbers.ts'
import { readQuery } from '../web/query.ts'
import { decideAgent } from './decide.ts'
import { decisionPage, undecidedPage } from './decision-page.ts'
import { readComputerId } from './head.ts'
import { getUndecided } from './undecided.ts'
import { views } from './views.ts'

type Id = { Params: { id: string } }

const Page = z.object({ after: idText('Start from the beginning.').optional() })

const CHOOSE = 'Choose one of these computers, or that it is another one.'
const DecisionForm = z.strictObject({
  computer: z.union([z.literal('new').transform(() => null), idText(CHOOSE)], CHOOSE),
})

/** Where a person decides which computer an agent is on. */
export function decisionRoutes(app: FastifyInstance, db: Db) {
  const config = { permission: 'computer.edit', scope: 'anywhere' } as const

  app.get('/computers/undecided', { config }, async ({ actor, query }, reply) => {
    const { after = 0 } = readQuery(Page, query)
    return reply.page(views.undecided(await undecidedPage(db, actor, after)))
  })

  app.get<Id>('/computers/undecided/:id', { config }, async ({ actor, params }, reply) => {
    const agent = await getUndecided(db, actor, readComputerId(params.id))
    return reply.page(views.decision(await decisionPage(db, actor, agent, freshForm())))
  })

  app.post<Id>('/computers/undecided/:id', { config }, async ({ actor, params, body }, reply) => {
    const agent = await getUndecided(db, actor, readComputerId(params.id))
    const parsed = parseForm(DecisionForm, body)
    if (!parsed.ok)
      return reply.code(422).page(views.decision(await decisionPage(db, actor, agent, parsed.form)))
    try {
      const id = await operation(db, actor, 'agent.decide', (tx) =>
        decideAgent(tx, actor, agent.id, parsed.input.computer),
      )
      return reply.done(`/computers/${id}`, `${agent.name} is on this computer.`)
    } catch (error) {
      if (!(error instanceof Invalid)) throw error
      const form = withError(freshForm(), 'computer', error.message)
      return reply.code(422).page(views.decision(await decisionPage(db, actor, agent, form)))
    }
  })
}
