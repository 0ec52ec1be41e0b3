import type { Actor } from '../../src/access/actor.ts'
import { scopeOf } from '../../src/access/decide.ts'
import type { Permission } from '../../src/access/permissions.ts'
import { findSession } from '../../src/access/sessions.ts'
import { findTokenActor } from '../../src/access/tokens.ts'
import type { Db } from '../../src/db/connection.ts'
import type { Tx } from '../../src/db/operation.ts'
import { preparedInScope } from '../../src/db/prepared.ts'
import { type Scope, inScope } from '../../src/db/scope.ts'
import { ASKED } from './forest.ts'
import { type Model, can } from './model.ts'
import type { Keys } from './planted.ts'
import { everyTenant } from '../../src/db/scope-guard.ts'

const peopleIn = preparedInScope((db, scope: Scope, _: object) =>
  everyTenant(db)
    .selectFrom('person')
    .select(['person.id', 'person.tenant_id'])
    .where(inScope(scope, 'person.tenant_id')),
)

/** What a person's session or token finds, and what the model says that it should find. */
export type View = {
  person: number
  by: 'session' | 'token'
  permission: Permission
  tenants: number[]
  people: number[]
}

/** The actors that a person has at this moment: none where signing in has come to an end. */
export async function actorsOf(tx: Tx, model: Model, id: number, keys: Keys) {
  const db = Object.assign(tx, { now: () => model.now }) as unknown as Db
  const { session, token } = keys.get(id)!
  return {
    session: (await findSession(db, session))?.actor,
    token: await findTokenActor(db, `Bearer ${token}`),
  }
}

export async function look(tx: Tx, { access }: Actor, permission: Permission) {
  const scope = scopeOf(access, permission)
  const tenants = await everyTenant(tx)
    .selectFrom('tenant')
    .select(['id', 'path'])
    .where(inScope(scope, 'tenant.path'))
    .execute()
  return { tenants, people: await peopleIn(tx, scope, {}) }
}

const NOBODY = { tenants: [], people: [] } as Awaited<ReturnType<typeof look>>

export const ids = (rows: { id: number }[]) => rows.map(({ id }) => id).toSorted((a, b) => a - b)

/** Everything that everybody sees: asked of the database. */
export async function views(tx: Tx, model: Model, keys: Keys): Promise<View[]> {
  const found: View[] = []
  for (const person of model.people.keys()) {
    const actors = await actorsOf(tx, model, person, keys)
    for (const by of ['session', 'token'] as const)
      for (const permission of ASKED) {
        const actor = actors[by]
        const { tenants, people } = actor ? await look(tx, actor, permission) : NOBODY
        found.push({ person, by, permission, tenants: ids(tenants), people: ids(people) })
      }
  }
  return found
}

/** What should be seen: asked of the model, object by object. Says how often it was asked. */
export function expected(model: Model, { person, by, permission }: View) {
  const limit = by === 'token' ? model.people.get(person)!.limit : null
  const tenants = [...model.tenants.keys()].filter((id) =>
    can(model, person, permission, id, limit),
  )
  const people = [...model.people].filter(([, { tenant }]) => tenants.includes(tenant))
  return { tenants, people: people.map(([id]) => id) }
}

export const same = (one: number[], other: number[]) => one.join() === other.join()
