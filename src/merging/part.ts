import type { Actor } from '../access/actor.ts'
import type { Permission } from '../access/permissions.ts'
import type { Reads } from '../db/connection.ts'
import type { Tx } from '../db/operation.ts'
import type { Tenant } from '../tenants/queries.ts'

/** What was chosen for conflicts, by their ids. What is not among them goes the usual way. */
export type Choices = Readonly<Record<string, string>>

/** What becomes of a source once it is empty. */
export type Fate = 'delete' | 'keep'

/** One source and what it becomes part of. */
export type Pair = {
  asker: Actor
  /** The moment that counts for what expires. */
  at: string
  source: Tenant
  destination: Tenant
  /** The sources whose things are at the destination by then, though nothing is written yet. */
  before: readonly Tenant[]
  /** All the sources: none of them goes along as the child of another. */
  source_ids: ReadonlySet<number>
  fate: Fate
  choices: Choices
}

/** How many of something a source has, what becomes of them, and what became of them once it is done. */
export type Count = { what: string; number: number; becomes: string; became: string | Tally }

/** How many went which way, by the way: "moved". */
export type Tally = Readonly<Record<string, number>>

/** Two things that cannot both be at the destination as they are, and what can be done about it. */
export type Conflict = {
  /** `tag:12`: the kind, and the id of the source's row. */
  id: string
  /** What it is: "Tag VIP". */
  title: string
  /** What it is at the source, and at the destination. */
  source: string
  destination: string
  /** The first is what is done unless another is chosen. With one alone there is no choice. */
  options: { value: string; label: string }[]
}

/** What a part of a source would come to. */
export type Look = {
  counts: Count[]
  conflicts?: Conflict[]
  /** Why it cannot be merged. */
  refusals?: string[]
}

/** Takes rows as done, and lets others have their turn. */
export type Step = (rows: number) => Promise<void>

/** What a tenant has of one kind, and how it goes to another tenant. */
export type Part = {
  /**
   * The columns that it sees to, as `table.column`: those that say which tenant a row belongs to or is
   * about. One that no part sees to keeps all tenants from being merged.
   */
  columns: readonly string[]
  /** What it takes at the source and at the destination, where there is anything of the kind. */
  needs: readonly Permission[]
  look(db: Reads, pair: Pair): Promise<Look>
  move(tx: Tx, pair: Pair, step: Step): Promise<void>
}

/** What was chosen for a conflict, or what is usual. */
export const chosen = ({ choices }: Pick<Pair, 'choices'>, { id, options }: Conflict) =>
  options.find(({ value }) => value === choices[id])?.value ?? options[0]!.value

export const KEEP = { value: 'destination', label: 'Keep the destination’s' }
export const TAKE = { value: 'source', label: 'Take the source’s' }
/** Both stay, the source's under another name. */
export const RENAME = { value: 'rename', label: 'Keep both, the source’s renamed' }

/** The tenants whose things are at the destination before those of the source. */
export const holdersOf = ({ destination, before }: Pair) => [
  destination.id,
  ...before.map(({ id }) => id),
]
