import type { Actor } from '../access/actor.ts'
import { permits } from '../access/decide.ts'
import { visibleScope } from '../access/visible.ts'
import type { ComputerTab } from '../db/computer-schema.ts'
import type { Reads } from '../db/connection.ts'
import { preparedInScope } from '../db/prepared.ts'
import { type Branch, branchOf, inScope } from '../db/scope.ts'
import { countOf, formatCount } from '../web/counts.ts'
import { addressOf } from '../web/list-state.ts'
import { parentText } from './find-parent.ts'
import { ROOT_ID, type Tenant } from './queries.ts'

/** Up to so many are counted: a page is not to wait for more. */
const COUNTED = 10_000

type Asked = Branch & { limit: number }

const computersIn = preparedInScope(
  (db, scope, { from, to, tab, limit }: Asked & { tab: ComputerTab }) =>
    db
      .selectFrom(
        db
          .selectFrom('tenant')
          .innerJoin('computer', 'computer.tenant_id', 'tenant.id')
          .select('computer.id')
          .where('computer.tab', '=', tab)
          .where('tenant.path', '>=', from)
          .where('tenant.path', '<', to)
          .where(inScope(scope, 'tenant.path'))
          .limit(limit)
          .as('met'),
      )
      .select((eb) => eb.fn.countAll<number>().as('number')),
)

const peopleIn = preparedInScope((db, scope, { from, to, limit }: Asked) =>
  db
    .selectFrom(
      db
        .selectFrom('tenant')
        .innerJoin('person', 'person.tenant_id', 'tenant.id')
        .select('person.id')
        .where('tenant.path', '>=', from)
        .where('tenant.path', '<', to)
        .where(inScope(scope, 'tenant.path'))
        .limit(limit)
        .as('met'),
    )
    .select((eb) => eb.fn.countAll<number>().as('number')),
)

/** Where the list shows some of what a tenant and those below it have: "12 stale". */
type Way = { text: string; href: string }

/** The ways from a tenant to its computers and its people; null for what the actor may not see. */
export type Holdings = { computers: Way[] | null; people: Way[] | null }

/** What is deleted is not among what a tenant has. */
const TABS = ['active', 'new', 'stale'] as const satisfies ComputerTab[]

/** What a tenant has, with those below it, as far as the actor sees it. */
export async function findHoldings(
  db: Reads,
  actor: Actor,
  { id, path }: Pick<Tenant, 'id' | 'path'>,
): Promise<Holdings> {
  const branch = { ...branchOf(path), limit: COUNTED + 1 }
  const tenant = id === ROOT_ID ? '' : await parentText(db, actor, id)
  return {
    computers: permits(actor.access, 'computer.view', path)
      ? await waysToComputers(db, actor, branch, tenant)
      : null,
    people: permits(actor.access, 'person.view', path)
      ? await waysToPeople(db, actor, branch, tenant)
      : null,
  }
}

async function waysToComputers(db: Reads, actor: Actor, branch: Asked, tenant: string) {
  const scope = visibleScope(actor, 'computer.view')
  const ways: Way[] = []
  for (const tab of TABS) {
    const [found] = await computersIn(db, scope, { ...branch, tab })
    const number = Number(found?.number)
    const fields = [
      ['tab', tab === 'active' ? '' : tab],
      ['tenant', tenant],
    ]
    if (number > 0)
      ways.push({ text: `${upTo(number)} ${tab}`, href: addressOf('/computers', fields) })
  }
  return ways
}

async function waysToPeople(db: Reads, actor: Actor, branch: Asked, tenant: string) {
  const [found] = await peopleIn(db, visibleScope(actor, 'person.view'), branch)
  const number = Number(found?.number)
  const text = number > COUNTED ? `${upTo(number)} people` : countOf(number, 'person', 'people')
  return number > 0 ? [{ text, href: addressOf('/people', [['tenant', tenant]]) }] : []
}

const upTo = (number: number) =>
  number > COUNTED ? `more than ${formatCount(COUNTED)}` : formatCount(number)
