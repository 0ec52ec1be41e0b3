import type { Db, Reads } from './connection.ts'
import type { Schema } from './schema.ts'

/** What no operation may break, whichever command it runs. */
export type Invariant = {
  /** Those whose rows can break it: an operation that changed none of them is not looked at. */
  tables: readonly (keyof Schema)[]
  /**
   * Throws when it does not hold, which takes the operation back. `after` is the state that would
   * be committed, `before` the one that was; `at` is the moment of the operation.
   */
  require(after: Reads, before: Reads, at: string): Promise<void>
}

const kept = new WeakMap<Db, Set<Invariant>>()

/** From now on, no operation on this database can be committed that breaks the invariant. */
export function keepInvariant(db: Db, invariant: Invariant) {
  const invariants = kept.get(db) ?? new Set()
  kept.set(db, invariants.add(invariant))
}

/** Checks, before an operation is committed, what the rows that it changed could break. */
export async function requireInvariants(
  db: Db,
  tx: Reads,
  at: string,
  changed_tables: ReadonlySet<string>,
) {
  for (const invariant of kept.get(db) ?? [])
    if (invariant.tables.some((table) => changed_tables.has(table)))
      await invariant.require(tx, db, at)
}
