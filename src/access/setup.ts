import type { Db, Reads } from '../db/connection.ts'
import { operation } from '../db/operation.ts'
import { everyTenant } from '../db/scope-guard.ts'
import { NotFound } from '../errors.ts'
import { createTenant } from '../tenants/commands.ts'
import { ROOT_ID } from '../tenants/queries.ts'
import { createAdministrator } from './accounts.ts'
import { WHOLE_ACCESS } from './decide.ts'
import type { SetupInput } from './form.ts'
import { hashPassword } from './password.ts'
import { hashSecret, newSecret } from './secrets.ts'
import { requireTenant } from './visible.ts'

const LINK_MINUTES = 60

/** A set-up link: lives in this process only, for an hour, until it is used. */
export type SetupLink = {
  /** The path that the link leads to; it holds the secret. */
  path: string
  /** Whether the secret is that of the link, and the link is not too old. */
  admits(secret: string, now: string): boolean
}

/** Whether there is an MSP tenant: what decides, whatever else is in the database or is not. */
export async function isSetUp(db: Reads) {
  const msp = await everyTenant(db)
    .selectFrom('tenant')
    .select('id')
    .where('kind', '=', 'msp')
    .limit(1)
    .execute()
  return msp.length > 0
}

/** A link for setting up a fresh database, or undefined where that has been done. */
export async function createSetupLink(db: Db): Promise<SetupLink | undefined> {
  if (await isSetUp(db)) return undefined
  const secret = newSecret()
  const hash = hashSecret(secret)
  const expires_at = Temporal.Instant.from(db.now()).add({ minutes: LINK_MINUTES })
  return {
    path: `/setup/${secret}`,
    admits: (given, now) =>
      hashSecret(given) === hash &&
      Temporal.Instant.compare(Temporal.Instant.from(now), expires_at) < 0,
  }
}

/** Nobody is there yet who could be asked for a permission. */
const PROGRAM = { person_id: null, name: 'Set-up', access: WHOLE_ACCESS }

/**
 * Creates the first tenant, an MSP, and the first person who may sign in; returns the person's id.
 * Throws NotFound when it has been done already, also by another process a moment ago.
 */
export async function setUp(db: Db, input: SetupInput) {
  const password_hash = await hashPassword(input.password)
  return operation(db, PROGRAM, 'setup.complete', async (tx) => {
    if (await isSetUp(tx)) throw new NotFound('set-up to do: it has been done')
    const root = await requireTenant(tx, PROGRAM, 'tenant.create', ROOT_ID)
    const tenant_id = await createTenant(tx, root, {
      name: input.organisation,
      kind: 'msp',
      description: '',
    })
    return createAdministrator(tx, tenant_id, {
      name: input.name,
      email: input.email,
      password_hash,
    })
  })
}
