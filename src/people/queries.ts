import { type Asker, visibleScope } from '../access/visible.ts'
import type { Reads } from '../db/connection.ts'
import { prepared, preparedInScope } from '../db/prepared.ts'
import type { RoleTable } from '../db/access-schema.ts'
import type { Kind } from '../db/schema.ts'
import { inScope } from '../db/scope.ts'
import { NotFound } from '../errors.ts'

export type Person = {
  id: number
  tenant_id: number
  name: string
  email: string
  email_key: string
  role_id: number | null
  active: number
  source: 'typed' | 'imported'
  invited_at: string | null
  version: number
  tenant_name: string
  tenant_kind: Kind
  tenant_path: string
  role_name: string | null
  /** 1 when the person has signed in, or could. */
  has_account: number
  has_second_factor: number
}

const personById = preparedInScope((db, scope, { id }: { id: number }) =>
  db
    .selectFrom('person')
    .innerJoin('tenant', 'tenant.id', 'person.tenant_id')
    .leftJoin('role', 'role.id', 'person.role_id')
    .select([
      'person.id',
      'person.tenant_id',
      'person.name',
      'person.email',
      'person.email_key',
      'person.role_id',
      'person.active',
      'person.source',
      'person.invited_at',
      'person.version',
      'tenant.name as tenant_name',
      'tenant.kind as tenant_kind',
      'tenant.path as tenant_path',
      'role.name as role_name',
    ])
    .leftJoin('user_account', 'user_account.person_id', 'person.id')
    .select(['user_account.person_id as account', 'user_account.has_second_factor'])
    .where('person.id', '=', id)
    .where(inScope(scope, 'person.tenant_id')),
)

/** A person by id. Throws NotFound when there is none that the asker may see. */
export async function getPerson(db: Reads, asker: Asker, id: number): Promise<Person> {
  const [person] = await personById(db, visibleScope(asker, 'person.view'), { id })
  if (!person) throw new NotFound(`person ${id}`)
  const { account, has_second_factor, ...rest } = person
  return {
    ...rest,
    has_account: Number(account !== null),
    has_second_factor: has_second_factor ?? 0,
  }
}

/** A role that somebody may have. */
export type ListedRole = Pick<RoleTable, 'key' | 'name' | 'permissions'> & { id: number }

const allRoles = prepared((db) =>
  db.selectFrom('role').select(['id', 'key', 'name', 'permissions']).orderBy('id'),
)

/** Every role, the built-in ones first. */
export const listRoles = (db: Reads): Promise<ListedRole[]> => allRoles(db, {})
