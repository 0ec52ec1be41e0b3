import fc from 'fast-check'
import type { Actor } from '../../src/access/actor.ts'
import { WHOLE_ACCESS } from '../../src/access/decide.ts'
import type { Db } from '../../src/db/connection.ts'
import { type Tx, operation } from '../../src/db/operation.ts'
import { everyTenant } from '../../src/db/scope-guard.ts'
import { Conflict, Invalid, NotFound } from '../../src/errors.ts'
import { grantExemption, withdrawExemption } from '../../src/preferences/commands.ts'
import type { EntryDraft } from '../../src/preferences/entry.ts'
import { createTenant, updateTenant } from '../../src/tenants/commands.ts'
import { ROOT_ID } from '../../src/tenants/queries.ts'
import { anyTenant } from './cast.ts'
import { setAt, unsetAt } from './preferences.ts'

const ANYBODY = { access: WHOLE_ACCESS }

/** One of each way to merge: a number with bounds, a choice, a list. */
export const KEYS = [
  'maintenance.reboot_prompt_timeout_minutes',
  'maintenance.reboot_preference',
  'maintenance.session_email_bcc',
] as const

export const drafts: Record<(typeof KEYS)[number], fc.Arbitrary<EntryDraft>> = {
  'maintenance.reboot_prompt_timeout_minutes': fc.record({
    form: fc.oneof(
      fc.record({ value: fc.constantFrom(5, 10, 20, 40) }),
      fc.constant({ reset: true as const }),
    ),
    lock: fc.constantFrom(null, null, null, 'fixed' as const, { min: 5 }, { min: 5, max: 20 }),
  }),
  'maintenance.reboot_preference': fc.record({
    form: fc.record({ value: fc.constantFrom('force', 'suppress', 'prompt') }),
    lock: fc.constantFrom(null, null, 'fixed' as const, { allowed: ['force', 'prompt'] }),
  }),
  'maintenance.session_email_bcc': fc.record({
    form: fc.oneof(
      fc.record({
        add: fc.subarray(['a@x.example', 'b@x.example', 'c@x.example'], { maxLength: 2 }),
        remove: fc.subarray(['d@x.example', 'e@x.example']),
      }),
      fc.constant({ reset: true as const }),
    ),
    lock: fc.constantFrom(null, null, null, 'fixed' as const),
  }),
}

/** One change to the tree or its preferences; tenants are given by their place among those there. */
export const changes = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('add' as const), parent: fc.nat() }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('move' as const), tenant: fc.nat(), parent: fc.nat() }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('block' as const),
      tenant: fc.nat(),
      blocks: fc.boolean(),
    }),
  },
  ...KEYS.map((key) => ({
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('set' as const),
      tenant: fc.nat(),
      key: fc.constant(key),
      draft: drafts[key],
    }),
  })),
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('unset' as const),
      tenant: fc.nat(),
      key: fc.constantFrom(...KEYS),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('exempt' as const),
      tenant: fc.nat(),
      lock: fc.nat(),
      key: fc.constantFrom(...KEYS),
      minutes: fc.option(fc.integer({ min: 1, max: 40 })),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('withdraw' as const), exemption: fc.nat() }),
  },
)

type Change = typeof changes extends fc.Arbitrary<infer Value> ? Value : never

/** Makes the change in an operation of its own. What the rules refuse is left undone. */
export async function makeChange(db: Db, actor: Actor, change: Change) {
  try {
    await operation(db, actor, `test.${change.do}`, (tx) => apply(tx, change))
  } catch (error) {
    if (error instanceof Conflict || error instanceof Invalid || error instanceof NotFound) return
    throw error
  }
}

async function apply(tx: Tx, change: Change) {
  const ids = (await everyTenant(tx).selectFrom('tenant').select('id').orderBy('id').execute()).map(
    (row) => row.id,
  )
  const pick = (place: number) => ids[place % ids.length]!
  switch (change.do) {
    case 'add':
      return createTenant(tx, anyTenant(pick(change.parent)), {
        name: `T${ids.length}`,
        kind: 'client',
        description: '',
      })
    case 'move':
      return updateTenant(tx, anyTenant(pick(change.tenant)), {
        parent_id: anyTenant(pick(change.parent)),
      })
    case 'block':
      return updateTenant(tx, anyTenant(pick(change.tenant)), { blocks_inheritance: change.blocks })
    case 'set':
      return setAt(tx, pick(change.tenant), change.key, change.draft)
    case 'unset':
      return unsetAt(tx, pick(change.tenant), change.key)
    case 'exempt':
      return grantExemption(tx, ANYBODY, anyTenant(pick(change.tenant)), {
        key: change.key,
        lock_tenant_id: pick(change.lock),
        reason: 'Test',
        ticket: '',
        expires_at: change.minutes === null ? null : plusMinutes(tx.operation.at, change.minutes),
      })
    case 'withdraw': {
      const all = await everyTenant(tx)
        .selectFrom('exemption')
        .select(['id', 'tenant_id'])
        .orderBy('id')
        .execute()
      const one = all[change.exemption % Math.max(1, all.length)]
      return one && withdrawExemption(tx, ANYBODY, anyTenant(one.tenant_id), one.id)
    }
  }
}

export const plusMinutes = (instant: string, minutes: number) =>
  Temporal.Instant.from(instant).add({ minutes }).toString({ smallestUnit: 'millisecond' })

/** Every node of the tree, "All tenants" included. */
export const allNodes = async (db: Db) =>
  (await everyTenant(db).selectFrom('tenant').select('id').orderBy('id').execute()).map(
    (row) => row.id,
  )

export { ROOT_ID }
