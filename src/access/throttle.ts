import { isIPv6 } from 'node:net'
import type { Db, Reads } from '../db/connection.ts'
import { type SystemTx, system } from '../db/operation.ts'

/** So many tries may fail in so many minutes, for one account and from one address. */
const MAX_FAILURES = 10
const WINDOW_MINUTES = 15

/** Permission to check one password: it counts as a failure until it is forgotten. */
export type Try = { id: number }

/** No more tries before this moment. */
export type Refusal = { retry_at: string }

/**
 * Asks to try a password for an account from an address. Tries are counted before the password is
 * checked, so that many at the same moment are no way around. An account that does not exist is
 * counted like any other. Nobody is locked out for good: each try counts for 15 minutes, and what
 * is refused does not count.
 */
export function claimTry(
  db: Db,
  { account_key, address }: { account_key: string; address: string },
): Promise<Try | Refusal> {
  const now = db.now()
  const since = minutesAfter(now, -WINDOW_MINUTES)
  return system(db, async (tx) => {
    const oldest = [
      await tenthLast(tx, 'account_key', account_key, since),
      await tenthLast(tx, 'address', address, since),
    ]
    const last = oldest
      .filter((at) => at !== undefined)
      .toSorted()
      .at(-1)
    if (last) return { retry_at: minutesAfter(last, WINDOW_MINUTES) }

    await tx.deleteFrom('sign_in_failure').where('at', '<=', since).execute()
    return tx
      .insertInto('sign_in_failure')
      .values({ account_key, address, at: now })
      .returning('id')
      .executeTakeFirstOrThrow()
  })
}

/** The try was none: the password was right, or was never checked. Earlier failures stay. */
export const forgetTry = (tx: SystemTx, { id }: Try) =>
  tx.deleteFrom('sign_in_failure').where('id', '=', id).execute()

const minutesAfter = (instant: string, minutes: number) =>
  Temporal.Instant.from(instant).add({ minutes }).toString({ smallestUnit: 'millisecond' })

/** When the tenth last failure happened, if there were that many. */
async function tenthLast(
  tx: Reads,
  column: 'account_key' | 'address',
  value: string,
  since: string,
) {
  const failure = await tx
    .selectFrom('sign_in_failure')
    .select('at')
    .where(column, '=', value)
    .where('at', '>', since)
    .orderBy('at', 'desc')
    .limit(1)
    .offset(MAX_FAILURES - 1)
    .executeTakeFirst()
  return failure?.at
}

/**
 * Who has one IPv6 address has the 2^64 others of its network too, so those count as one. An IPv4
 * address written as IPv6 is itself.
 */
export function networkOf(address: string) {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped) return mapped
  if (!isIPv6(address)) return address
  const [head = '', tail = ''] = address.toLowerCase().replace(/%.*$/, '').split('::')
  const front = head.split(':').filter(Boolean)
  const back = tail.split(':').filter(Boolean)
  const zeros = Array.from({ length: Math.max(0, 8 - front.length - back.length) }, () => '0')
  const groups = address.includes('::') ? [...front, ...zeros, ...back] : front
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`
}
