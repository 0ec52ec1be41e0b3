import { type Asker, visibleScope } from '../access/visible.ts'
import type { Reads } from '../db/connection.ts'
import { preparedInScope } from '../db/prepared.ts'
import { inScope } from '../db/scope.ts'
import { NotFound } from '../errors.ts'
import { identityOf } from './identity.ts'
import { findComputersOf } from './sync/known.ts'
import type { ReportedFacts } from './sync/report.ts'

/** Counted up to here: a list says that there are some, not how many thousand. */
const MOST = 1000

const counted = preparedInScope((db, scope, { limit }: { limit: number }) =>
  db
    .selectFrom((eb) =>
      eb
        .selectFrom('agent')
        .select('agent.id')
        .where('agent.computer_id', 'is', null)
        .where(inScope(scope, 'agent.tenant_id'))
        .limit(limit)
        .as('waiting'),
    )
    .select((eb) => eb.fn.countAll<number>().as('number')),
)

/** How many agents wait for somebody to decide what they are on, counted up to 1,000. */
export async function countUndecided(db: Reads, asker: Asker) {
  const [found] = await counted(db, visibleScope(asker, 'computer.edit'), { limit: MOST })
  return Number(found?.number)
}

const COLUMNS = [
  'agent.id',
  'agent.tenant_id',
  'agent.integration',
  'agent.external_key',
  'agent.name',
  'agent.reported',
  'agent.doubt',
  'agent.last_seen_at',
] as const

const listed = preparedInScope((db, scope, page: { after: number; limit: number }) =>
  db
    .selectFrom('agent')
    .select(COLUMNS)
    .where('agent.computer_id', 'is', null)
    .where('agent.id', '>', page.after)
    .where(inScope(scope, 'agent.tenant_id'))
    .orderBy('agent.id')
    .limit(page.limit),
)

/** An agent that waits for a decision. */
export type UndecidedAgent = Awaited<ReturnType<typeof listed>>[number]

/** Agents that wait for a decision, in the order in which they came. */
export const listUndecided = (db: Reads, asker: Asker, page: { after: number; limit: number }) =>
  listed(db, visibleScope(asker, 'computer.edit'), page)

const byId = preparedInScope((db, scope, { id }: { id: number }) =>
  db
    .selectFrom('agent')
    .select(COLUMNS)
    .where('agent.id', '=', id)
    .where('agent.computer_id', 'is', null)
    .where(inScope(scope, 'agent.tenant_id')),
)

/** Throws NotFound for an agent that the asker may not see, and for one that was decided on. */
export async function getUndecided(db: Reads, asker: Asker, id: number): Promise<UndecidedAgent> {
  const [agent] = await byId(db, visibleScope(asker, 'computer.edit'), { id })
  if (!agent) throw new NotFound(`undecided agent ${id}`)
  return agent
}

export const factsOf = ({ reported }: UndecidedAgent) => JSON.parse(reported) as ReportedFacts

/** The computers that an agent may be on, as far as the asker may attach agents to them. */
export async function listCandidates(db: Reads, asker: Asker, agent: UndecidedAgent) {
  const { uuid_key, serial_key } = identityOf(factsOf(agent))
  const found = await findComputersOf(db, visibleScope(asker, 'computer.edit'), {
    ids: [],
    uuid_keys: uuid_key ? [uuid_key] : [],
    serial_keys: serial_key ? [serial_key] : [],
  })
  return [...found.values()]
}
