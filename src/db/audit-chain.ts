import { createHash } from 'node:crypto'
import type { AuditHead } from './audit-head.ts'
import type { Reads } from './connection.ts'
import { everyTenant } from './scope-guard.ts'

/** What is wrong with the log: the first thing found, in words that name the operation. */
export type AuditFault = {
  kind: 'edited' | 'deleted' | 'truncated' | 'rewritten'
  operation_id: number
  message: string
}

const CHUNK = 1000

/**
 * Hash of an operation: SHA-256 over the hash of the operation before it, its own row, and its
 * changes in order, each as one line of JSON. Says too how many changes there are, and of which
 * tables.
 */
export async function hashOperation(db: Reads, id: number) {
  const operation = await db
    .selectFrom('operation')
    .select(['id', 'at', 'kind', 'actor_id', 'actor_name', 'reason', 'undoes_id'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
  const hash = createHash('sha256')
  hash.update(`${await hashBefore(db, id)}\n${JSON.stringify(Object.values(operation))}\n`)
  const changed_tables = new Set<string>()
  const change_count = await eachChange(db, id, (line, table_name) => {
    hash.update(line)
    changed_tables.add(table_name)
  })
  return { hash: hash.digest('hex'), change_count, changed_tables }
}

async function hashBefore(db: Reads, id: number) {
  const before = await db
    .selectFrom('operation')
    .select('hash')
    .where('id', '<', id)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  return before?.hash ?? ''
}

/** Feeds the operation's changes line by line, and lets others run between chunks. */
async function eachChange(
  db: Reads,
  operation_id: number,
  feed: (line: string, table_name: string) => void,
) {
  let last_id = 0
  let count = 0
  while (true) {
    // The log is one, whoever wrote it: a hash over a part of it would prove nothing.
    const changes = await everyTenant(db)
      .selectFrom('change')
      .select(['id', 'table_name', 'row_id', 'tenant_id', 'before', 'after'])
      .where('operation_id', '=', operation_id)
      .where('id', '>', last_id)
      .orderBy('id')
      .limit(CHUNK)
      .execute()
    for (const change of changes) {
      const { table_name, row_id, tenant_id, before, after } = change
      feed(`${JSON.stringify([table_name, row_id, tenant_id, before, after])}\n`, table_name)
    }
    count += changes.length
    if (changes.length < CHUNK) return count
    last_id = changes.at(-1)!.id
    await new Promise(setImmediate)
  }
}

/**
 * Recomputes the whole chain and compares it with the heads that were kept outside the database.
 * Returns the first fault, or null when the log is what it was when each operation ended.
 */
export async function verifyAuditChain(db: Reads, kept: AuditHead[]) {
  let previous = { id: 0, hash: '' }
  while (true) {
    const operations = await db
      .selectFrom('operation')
      .select(['id', 'hash', 'change_count'])
      .where('id', '>', previous.id)
      .orderBy('id')
      .limit(CHUNK)
      .execute()
    for (const operation of operations) {
      const fault = (await findFault(db, operation, previous.id)) ?? compareHead(operation, kept)
      if (fault) return fault
      previous = { id: operation.id, hash: operation.hash! }
    }
    if (operations.length < CHUNK) break
  }
  const reached = Math.max(0, ...kept.map(({ id }) => id))
  if (reached > previous.id)
    return fault(
      'truncated',
      reached,
      `The log ends at operation ${previous.id}; it had reached ${reached}.`,
    )
  return null
}

async function findFault(
  db: Reads,
  { id, hash, change_count }: { id: number; hash: string | null; change_count: number },
  previous_id: number,
) {
  if (id !== previous_id + 1)
    return fault('deleted', previous_id + 1, `Operation ${previous_id + 1} is missing.`)
  const actual = await hashOperation(db, id)
  if (actual.change_count < change_count)
    return fault(
      'deleted',
      id,
      `Operation ${id} had ${change_count} changes; ${actual.change_count} are left.`,
    )
  if (actual.hash !== hash) return fault('edited', id, `Operation ${id} is not what was written.`)
  return null
}

function compareHead({ id, hash }: { id: number; hash: string | null }, kept: AuditHead[]) {
  if (kept.every((head) => head.id !== id || head.hash === hash)) return null
  return fault(
    'rewritten',
    id,
    `The log agrees with itself, but operation ${id} is not the one that was recorded outside the database.`,
  )
}

const fault = (kind: AuditFault['kind'], operation_id: number, message: string): AuditFault => ({
  kind,
  operation_id,
  message,
})
