import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Db } from '../db/connection.ts'
import { findTenant } from '../tenants/queries.ts'
import { typed } from '../web/form.ts'
import { SearchText, stateField } from '../web/list-state.ts'
import { idText } from '../web/numbers.ts'
import { listComputerOptions } from './computer-options.ts'
import { forecastDraft } from './draft-forecast.ts'
import { ownerSoFar } from './editing.ts'
import { sentenceOf } from './form-look.ts'
import { views as forecastViews } from './forecast-views.ts'
import { views } from './views.ts'

/** The schedule that is edited; none for a new one. */
const Draft = z.object({ schedule: stateField<number | null>(idText(), null) })

const Options = z.object({
  q: stateField(SearchText, ''),
  /** The owner of a schedule that there is; of a new one, what is typed for it. */
  tenant_id: stateField<number | null>(idText(), null),
  tenant: stateField(z.string().max(10_000), ''),
})

/** What the form of a schedule asks for while it is filled in. */
export function scheduleHelpRoutes(app: FastifyInstance, db: Db) {
  app.get(
    '/schedules/sentence',
    { config: { permission: 'signed_in' } },
    async ({ query }, reply) => reply.page(views.sentence({ sentence: sentenceOf(typed(query)) })),
  )

  const config = { permission: 'schedule.edit', scope: 'anywhere' } as const

  app.get('/schedules/forecast', { config }, async ({ actor, query }, reply) => {
    const { schedule } = Draft.parse(query)
    const { schedule: _, press: _press, ...fields } = typed(query)
    return reply.page(forecastViews.draft(await forecastDraft(db, actor, fields, schedule)))
  })

  app.get('/schedules/computers', { config }, async ({ actor, query }, reply) => {
    const { q, tenant_id, tenant } = Options.parse(query)
    const owner =
      tenant_id === null
        ? await ownerSoFar(db, actor, tenant)
        : await findTenant(db, actor, tenant_id)
    const options = owner ? await listComputerOptions(db, actor, owner, q) : []
    const problem = owner ? 'No computer of this tenant has this in its name.' : CHOOSE_TENANT
    return reply.page(views.computerOptions({ options, problem }))
  })
}

const CHOOSE_TENANT = 'Choose the tenant of the schedule first.'
