import { isIPv6 } from 'node:net'
import type { Db, Reads } from '../db/connection.ts'
import { type SystemTx, system } from '../db/operation.ts'
import { prepared } from '../db/prepared.ts'

/** So many tries may fail in so many minutes, for one account and from one address. */
const MAX_FAILURES = 10
const WINDOW_MINUTES = 15

/** Permission to check one password: it counts as a failure until it is forgotten. */
export type Try = { id: number }

/** No more tries before this moment. */
export type Refusal = { retry_at: string }

/** What a try counts for. */
export type Counters = { account_key: string; address: string }

/**
 * Asks to try a password. Tries are counted before the password is checked, so that many at the
 * same moment are no way around. An account that does not exist is counted like any other. Nobody
 * is locked out for good: each try counts for 15 minutes, and what is refused does not count.
 */
export async function claimTry(db: Db, counters: Counters): Promise<Try | Refusal> {
  const now = db.now()
  const since = minutesAfter(now, -WINDOW_MINUTES)
  // Refusing a flood must not occupy the one connection that writes.
  const refusal = await findRefusal(db, counters, since)
  if (refusal) return refusal
  return system(db, async (tx) => {
    const refusal = await findRefusal(tx, counters, since)
    if (refusal) return refusal
    await tx.deleteFrom('sign_in_failure').where('at', '<=', since).execute()
    return tx
      .insertInto('sign_in_failure')
      .values({ ...counters, at: now })
      .returning('id')
      .executeTakeFirstOrThrow()
  })
}

/** The try was none: the password was right, or was never checked. Earlier failures stay. */
export const forgetTry = (tx: SystemTx, { id }: Try) =>
  tx.deleteFrom('sign_in_failure').where('id', '=', id).execute()

const minutesAfter = (instant: string, minutes: number) =>
  Temporal.Instant.from(instant).add({ minutes }).toString({ smallestUnit: 'millisecond' })

async function findRefusal(
  db: Reads,
  { account_key, address }: Counters,
  since: string,
): Promise<Refusal | undefined> {
  const [[of_account], [of_address]] = [
    await tenthLastOfAccount(db, { account_key, since }),
    await tenthLastOfAddress(db, { address, since }),
  ]
  const latest = [of_account, of_address]
    .flatMap((row) => row?.at ?? [])
    .toSorted()
    .at(-1)
  return latest === undefined ? undefined : { retry_at: minutesAfter(latest, WINDOW_MINUTES) }
}

/** When the tenth last failure happened, where there were that many. */
const tenthLast = (db: Reads, since: string) =>
  db
    .selectFrom('sign_in_failure')
    .select('at')
    .where('at', '>', since)
    .orderBy('at', 'desc')
    .limit(1)
    .offset(MAX_FAILURES - 1)

const tenthLastOfAccount = prepared(
  (db, { account_key, since }: { account_key: string; since: string }) =>
    tenthLast(db, since).where('account_key', '=', account_key),
)

const tenthLastOfAddress = prepared((db, { address, since }: { address: string; since: string }) =>
  tenthLast(db, since).where('address', '=', address),
)

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
