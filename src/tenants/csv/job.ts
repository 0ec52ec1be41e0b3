import { Conflict } from '../../errors.ts'
import type { JobKind } from '../../jobs/kind.ts'
import { kindLooks } from '../kinds.ts'
import { type ImportSummary, previewImport, runImport, summarise } from './import.ts'
import type { Place } from './forest.ts'
import { kindOf } from './place.ts'
import type { Plan } from './plan.ts'
import { quoteLines } from './quote.ts'
import { type ImportPreview, views } from './views.ts'

/** How many lines of each class a page shows. Whoever has to correct a file wants to see them all. */
const SHOWN = 200
const BAD_SHOWN = 2000

/** What an import would do: how many tenants it writes, and what of it a page shows. */
type Outlook = { writes: number; preview: ImportPreview }

/** The import of a CSV file that was uploaded: looked at first, then applied as one operation. */
export const csvImport: JobKind<{ csv: string }, Outlook, ImportSummary> = {
  name: 'tenant.import',
  section: 'tenants',

  permission: () => 'tenant.import',

  async foresee(db, _actor, { csv }, pace) {
    const plan = await previewImport(db, csv, pace)
    const shown = plan.bad.slice(0, BAD_SHOWN).map(({ line }) => line)
    const quotes = await quoteLines(csv, shown, pace)
    const writes = plan.created.length + plan.changed.length
    return { writes, preview: describePlan(plan, quotes) }
  },

  async preview(_db, _actor, { writes, preview }) {
    const can_apply = preview.bad.count === 0 && writes > 0
    return {
      choice: null,
      rendering: views.preview(preview),
      confirm: can_apply ? { label: `Import ${counted(writes)}` } : null,
    }
  },

  async run(db, actor, { csv }, pace) {
    const summary = summarise(await runImport(db, actor, csv, pace))
    const [first] = summary.bad
    if (first)
      throw new Conflict(
        `The tree has changed since you looked: ${summary.bad.length} lines do not fit any more. Line ${first.line}: ${first.reason} Nothing was imported.`,
      )
    return summary
  },

  outcome(summary) {
    return views.outcome(summary)
  },
}

const counted = (count: number) =>
  count === 1 ? '1 tenant' : `${count.toLocaleString('en')} tenants`

function describePlan(
  { created, changed, unchanged, bad }: Plan,
  quotes: Map<number, string>,
): ImportPreview {
  return {
    created: first(created, ({ place, slug }) => ({
      line: place.row.line,
      name: place.row.name,
      slug,
      parent: nameOf(place.parent!),
      kind: kindLooks[kindOf(place)].label,
    })),
    changed: first(changed, ({ place, differences }) => ({
      line: place.row.line,
      name: place.existing!.name,
      slug: place.existing!.slug,
      differences,
    })),
    unchanged: first(unchanged, ({ row, existing }) => ({
      line: row.line,
      name: existing!.name,
      slug: existing!.slug,
    })),
    bad: first(
      bad,
      ({ line, reason }) => ({ line, reason, text: quotes.get(line) ?? '' }),
      BAD_SHOWN,
    ),
  }
}

const nameOf = ({ row, existing }: Place) => row?.name ?? existing!.name

const first = <Item, Line>(items: Item[], describe: (item: Item) => Line, shown = SHOWN) => ({
  count: items.length,
  lines: items.slice(0, shown).map(describe),
})
