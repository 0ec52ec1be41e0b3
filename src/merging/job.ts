import type { Actor } from '../access/actor.ts'
import { currentActor } from '../access/current-actor.ts'
import type { Db } from '../db/connection.ts'
import { operation } from '../db/operation.ts'
import { Conflict as Taken, Invalid, NotFound } from '../errors.ts'
import { parseFields } from '../jobs/batch.ts'
import type { Foreseen } from '../jobs/consequences.ts'
import type { Confirmation, JobKind } from '../jobs/kind.ts'
import { findParent, parentText } from '../tenants/find-parent.ts'
import { paced } from '../pace.ts'
import { countOf } from '../web/counts.ts'
import { drawConsequences, foreseeMerge } from './consequences.ts'
import { confirmForm, expectedText, readChoices, WantedForm } from './form.ts'
import type { Wanted } from './pairs.ts'
import { chosen, type Conflict, type Count, type Fate } from './part.ts'
import { planMerge } from './plan.ts'
import { type Merged, runMerge } from './run.ts'
import { views } from './views.ts'

type Source = { id: number; name: string; slug: string }

/** What is to be merged. The destination is null until it is chosen. */
export type MergeDraft = Omit<Wanted, 'source_ids' | 'destination_id'> & {
  sources: Source[]
  destination_id: number | null
  reason: string | null
  /** What the preview was made of when the choices were made. */
  seen: string | null
}

type Outlook = Pick<MergeDraft, 'sources' | 'destination_id' | 'fate'> & {
  foreseen: Foreseen
  /** What was chosen, or is usual, by the ids of the conflicts. */
  chosen: Record<string, string>
  counts: Count[]
  conflicts: Conflict[]
  refusals: string[]
}

/** Tenants become part of another one: looked at, confirmed by name, done as one operation. */
export const tenantMerge: JobKind<MergeDraft, Outlook, Merged> = {
  name: 'tenant.merge',
  section: 'tenants',

  permission: () => 'tenant.delete',
  needs_proof: () => true,

  async revise(db, actor, draft, fields) {
    const { destination: text, fate, ...others } = parseFields(WantedForm, fields)
    const destination_id = await findDestination(db, actor, text)
    const wanted = { ...draft, fate, destination_id, choices: readChoices(others) }
    const { state } = await planMerge(db, actor, wantedOf(wanted), db.now(), paced())
    return { ...wanted, seen: state }
  },

  async foresee(db, actor, draft, pace) {
    const { sources, destination_id, fate } = draft
    const about = { sources, destination_id, fate }
    const nothing = { chosen: {}, counts: [], conflicts: [], refusals: [], foreseen: {} }
    if (destination_id === null) return { ...about, ...nothing }
    try {
      const plan = await planMerge(db, actor, wantedOf(draft), db.now(), pace)
      const { counts, conflicts, refusals } = plan
      const pairs = conflicts.map((conflict) => [conflict.id, chosen(draft, conflict)])
      const foreseen = refusals.length > 0 ? {} : await foreseeMerge(db, actor, plan.pairs, pace)
      return { ...about, counts, conflicts, refusals, chosen: Object.fromEntries(pairs), foreseen }
    } catch (error) {
      if (!(error instanceof Invalid || error instanceof Taken)) throw error
      return { ...about, ...nothing, refusals: [error.message] }
    }
  },

  async preview(db, actor, outlook, form) {
    const { sources, destination_id, counts, refusals, fate, conflicts } = outlook
    const destination = await destinationText(db, actor, destination_id)
    const values = { destination, fate, ...outlook.chosen, ...form.values }
    const choice = views.choice({ form: { ...form, values }, sources, ...splitBy(conflicts) })
    if (!destination) return { choice, rendering: null, confirm: null }
    const consequences = drawConsequences(outlook.foreseen)
    const rendering = views.preview({
      counts,
      refusals,
      sources,
      destination,
      fate,
      consequences,
    })
    const confirm = refusals.length > 0 ? null : confirmation(sources, destination)
    return { choice, rendering, confirm }
  },

  confirm(draft, fields) {
    return { ...draft, reason: parseFields(confirmForm(draft.sources), fields).reason }
  },

  async run(db, actor, draft, pace) {
    const what = { kind: 'tenant.merge', reason: draft.reason }
    return operation(db, actor, what, async (tx) => {
      const now = await currentActor(tx, db.now(), actor)
      return runMerge(tx, now, wantedOf(draft), draft.seen, pace)
    })
  },

  outcome: (merged) => views.outcome(merged),
}

const wantedOf = ({ sources, destination_id, fate, choices }: MergeDraft): Wanted => ({
  source_ids: sources.map(({ id }) => id),
  destination_id: destination_id!,
  fate,
  choices,
})

async function findDestination(db: Db, actor: Actor, text: string) {
  const asked = { field: 'destination', if_empty: 'Choose a destination.' }
  return (await findParent(db, actor, text, asked)).id
}

/** The destination as it is typed; '' where none is chosen, or it is gone. */
async function destinationText(db: Db, actor: Actor, id: number | null) {
  if (id === null) return ''
  try {
    return await parentText(db, actor, id)
  } catch (error) {
    if (!(error instanceof NotFound)) throw error
    return ''
  }
}

/** Those with a choice, and those that only have to be known. */
const splitBy = (conflicts: Conflict[]) => ({
  conflicts: conflicts.filter(({ options }) => options.length > 1).slice(0, SHOWN),
  foregone: conflicts.filter(({ options }) => options.length === 1).slice(0, SHOWN),
})

/** So many conflicts of each sort are shown; the others go the usual way. */
const SHOWN = 200

function confirmation(sources: Source[], destination: string): Confirmation {
  const what = expectedText(sources)
  const label =
    sources.length === 1 ? `Type ${what}` : `Type ${what}, the number of tenants that are merged`
  return {
    label: `${mergeTitle(sources)} into ${destination}`,
    tone: 'destructive',
    asks: [
      { name: 'reason', label: 'Reason', hint: 'Optional. It is kept in the history.' },
      { name: 'name', label },
    ],
  }
}

/** What a merge is called: "Merge Acme", "Merge 3 tenants". */
export const mergeTitle = (sources: { name: string }[]) =>
  sources.length === 1
    ? `Merge ${sources[0]!.name}`
    : `Merge ${countOf(sources.length, 'tenant', 'tenants')}`

/** The merge of tenants of which nothing else is chosen yet. */
export const newMerge = (sources: Source[]): MergeDraft => ({
  sources,
  destination_id: null,
  fate: 'delete' satisfies Fate,
  choices: {},
  reason: null,
  seen: null,
})
