import type { Actor } from '../access/actor.ts'
import type { Permission } from '../access/permissions.ts'
import type { Db } from '../db/connection.ts'
import { type Author, type Tx, operation } from '../db/operation.ts'
import { Conflict } from '../errors.ts'
import type { Pace } from '../pace.ts'
import { countOf } from '../web/counts.ts'
import { quoteLines } from '../web/csv/quote.ts'
import type { BadLine } from '../web/csv/read.ts'
import { type Rendering, view } from '../web/page.ts'
import type { JobKind } from './kind.ts'

/** How many lines of each class a page shows. Whoever has to correct a file wants to see them all. */
const SHOWN = 200
const BAD_SHOWN = 2000

/** One difference between what is stored and its line, in words. */
export type Difference = { field: string; from: string; to: string }

/** What a file would do. While there are bad lines, nothing can be applied. */
export type ImportPlan<Created, Changed, Unchanged> = {
  created: Created[]
  changed: Changed[]
  unchanged: Unchanged[]
  bad: BadLine[]
}

type AnyPlan = ImportPlan<unknown, unknown, unknown>

/** What an import did, or would do. */
export type ImportSummary = { created: number; changed: number; unchanged: number; bad: BadLine[] }

/** A line as a page shows it: what it is about, and what tells that from others of its name. */
export type ImportLine = { line: number; name: string; code: string }

/** Lines of one class: all of them in number, the first of them to look at. */
type Lines<Line> = { count: number; lines: Line[] }

/** What of an import a page shows. */
export type ImportPreview = {
  /** Where a file is uploaded again. */
  again_href: string
  noun: string
  /** The heads of the columns that only new lines have. */
  heads: string[]
  created: Lines<ImportLine & { cells: string[] }>
  changed: Lines<ImportLine & { differences: Difference[] }>
  unchanged: Lines<ImportLine>
  /** With the line as it stands in the file. */
  bad: Lines<BadLine & { text: string }>
}

const views = {
  preview: view<ImportPreview>('jobs/_import-preview'),
  outcome: view<ImportSummary>('jobs/_import-outcome'),
}

/** What is imported, and how: `preview` reads alone, and `run` does it as one operation. */
type ImportFacts<Created, Changed, Unchanged> = {
  name: string
  section: JobKind<unknown, object, object>['section']
  permission: Permission
  /** It can give rights: whoever starts it has to show once more who they are. */
  needs_proof?: true
  words: { noun: string; nouns: string; again_href: string; heads: string[] }
  preview(
    db: Db,
    actor: Actor,
    csv: string,
    pace: Pace,
  ): Promise<ImportPlan<Created, Changed, Unchanged>>
  run(db: Db, actor: Actor, csv: string, pace: Pace): Promise<AnyPlan>
  describe: {
    created(item: Created): ImportLine & { cells: string[] }
    changed(item: Changed): ImportLine & { differences: Difference[] }
    unchanged(item: Unchanged): ImportLine
  }
}

/** What an import would do: how many rows it writes, and what of it a page shows. */
type Outlook = { writes: number; preview: ImportPreview }

/** The import of a CSV file that was uploaded: looked at first, then applied as one operation. */
export function importJob<Created, Changed, Unchanged>(
  facts: ImportFacts<Created, Changed, Unchanged>,
): JobKind<{ csv: string }, Outlook, ImportSummary> {
  const { name, section, permission, words, describe } = facts
  return {
    name,
    section,
    permission: () => permission,
    needs_proof: () => facts.needs_proof === true,
    async foresee(db, actor, { csv }, pace) {
      const { created, changed, unchanged, bad } = await facts.preview(db, actor, csv, pace)
      const quoted = bad.slice(0, BAD_SHOWN).map(({ line }) => line)
      const quotes = await quoteLines(csv, quoted, pace)
      const withQuote = (line: BadLine) => ({ ...line, text: quotes.get(line.line) ?? '' })
      const { noun, again_href, heads } = words
      const preview = {
        again_href,
        noun,
        heads,
        created: first(created, describe.created),
        changed: first(changed, describe.changed),
        unchanged: first(unchanged, describe.unchanged),
        bad: first(bad, withQuote, BAD_SHOWN),
      }
      return { writes: created.length + changed.length, preview }
    },
    async preview(_db, _actor, { writes, preview }) {
      const can_apply = preview.bad.count === 0 && writes > 0
      const label = `Import ${countOf(writes, words.noun, words.nouns)}`
      const rendering: Rendering = views.preview(preview)
      return { choice: null, rendering, confirm: can_apply ? { label } : null }
    },
    async run(db, actor, { csv }, pace) {
      const summary = summarise(await facts.run(db, actor, csv, pace))
      if (summary.bad.length > 0) throw changedMeanwhile(summary.bad)
      return summary
    },
    outcome: (summary) => views.outcome(summary),
  }
}

const first = <Item, Line>(items: Item[], describe: (item: Item) => Line, shown = SHOWN) => ({
  count: items.length,
  lines: items.slice(0, shown).map(describe),
})

const changedMeanwhile = ([first, ...others]: BadLine[]) =>
  new Conflict(
    `What is stored has changed since you looked: ${1 + others.length} lines do not fit any more. ` +
      `Line ${first!.line}: ${first!.reason} Nothing was imported.`,
  )

/** The figures of a plan, and its bad lines. */
export const summarise = ({ created, changed, unchanged, bad }: AnyPlan): ImportSummary => ({
  created: created.length,
  changed: changed.length,
  unchanged: unchanged.length,
  bad,
})

/**
 * Plans and applies a file as one operation, unless it has bad lines or does nothing. It is compared
 * inside the operation: what was seen in a preview may have changed since.
 */
export async function importAtOnce<Plan extends AnyPlan>(
  db: Db,
  author: Author,
  kind: string,
  makePlan: (tx: Tx) => Promise<Plan>,
  applyPlan: (tx: Tx, plan: Plan) => Promise<void>,
): Promise<Plan> {
  const refused = Symbol('refused')
  let plan: Plan | undefined
  try {
    await operation(db, author, kind, async (tx) => {
      plan = await makePlan(tx)
      if (plan.bad.length > 0 || plan.created.length + plan.changed.length === 0) throw refused
      await applyPlan(tx, plan)
    })
  } catch (error) {
    if (error !== refused) throw error
  }
  return plan!
}
