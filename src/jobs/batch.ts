import { z } from 'zod'
import { Conflict, Invalid } from '../errors.ts'
import { countOf, formatCount } from '../web/counts.ts'
import { fieldErrors, type Form } from '../web/form.ts'
import { idText, wholeText } from '../web/numbers.ts'
import { type Rendering, view } from '../web/page.ts'
import type { Confirmation } from './kind.ts'

// What every batch has in common: one action on what was selected in a list, judged for each row
// first, then done as one operation.

/** What becomes of one row. */
export type Verdict = {
  outcome: 'done' | 'unchanged' | 'refused'
  /** The change in words, or the reason for the refusal. */
  detail: string
}

/** What became of one row, or would become of it; `code` tells it from others of its name. */
export type BatchLine = Verdict & { name: string; code: string }

/** What became of the rows: how many, and the first of each outcome. */
export type BatchReport = {
  /** What a row is called: "Tenant". */
  noun: string
  done: number
  unchanged: number
  refused: number
  /** Whether what is done to them is that they go. */
  deletes: boolean
  lines: BatchLine[]
  /** How many were to be done when it was looked at, where others changed something since. */
  foreseen?: number
}

/** What a batch came to, and the operation that it was: what can be taken back. */
export type BatchResult = BatchReport & { operation_id: number }

/** What would become of the rows, or, when it is done, what became of them. */
export const reportView = view<BatchReport & { is_done?: true }>('jobs/_batch-report')

/** What would become of the rows, and what would follow from that. */
export const previewView = view<{ report: BatchReport; consequences: Rendering[] }>(
  'jobs/_batch-preview',
)

export const unchanged: Verdict = { outcome: 'unchanged', detail: '' }
export const done = (detail: string): Verdict => ({ outcome: 'done', detail })
export const refused = ({ message }: Error): Verdict => ({ outcome: 'refused', detail: message })

/** How many lines of each outcome a page shows, and the job keeps. */
const SHOWN = 200

/** Counts the lines of a batch, and keeps the first of each outcome. */
export function reportOn(noun: string, lines: BatchLine[], deletes: boolean): BatchReport {
  const of = (outcome: BatchLine['outcome']) => lines.filter((line) => line.outcome === outcome)
  const [refused, done, unchanged] = [of('refused'), of('done'), of('unchanged')]
  return {
    noun,
    done: done.length,
    unchanged: unchanged.length,
    refused: refused.length,
    deletes,
    lines: [refused, done, unchanged].flatMap((some) =>
      some
        .slice(0, SHOWN)
        .map(({ name, code, outcome, detail }) => ({ name, code, outcome, detail })),
    ),
  }
}

/**
 * What a list sends beside the action: the rows that were ticked, or `match` and the filter that the
 * list shows.
 */
export const selectionFields = (wrong_id: string) => ({
  ids: z.preprocess((sent) => [sent ?? []].flat(), z.array(idText(wrong_id))),
  match: z.literal('1').optional(),
})

/** What becomes of the rest where some refuse, as the person chose it beforehand. */
const Whole = z
  .enum(['whole', 'rest'], 'Choose what happens to the others.')
  .default('rest')
  .transform((value) => value === 'whole')

/** What the form of every choice sends beside what the action needs. */
export const wholeField = { whole: Whole }

/** What an action needs to know that needs nothing else. */
export const WholeForm = z.strictObject(wholeField)

/** The choice alone, and how it is filled in. */
export const wholeChoice = view<{ form: Form }>('jobs/_batch-whole')
export const wholeValue = (whole: boolean) => (whole ? 'whole' : 'rest')

/** Whether a batch does anything, as things are. */
export const canStart = ({ done, refused }: BatchReport, whole: boolean) =>
  done > 0 && !(whole && refused > 0)

/** Throws Conflict when a batch is to be whole and cannot be. */
export function requireWhole(lines: BatchLine[], whole: boolean, nouns: string) {
  const [first, ...others] = lines.filter(({ outcome }) => outcome === 'refused')
  if (!whole || !first) return
  throw new Conflict(
    `${1 + others.length} of the ${nouns} cannot be changed, the first of them ${first.name}: ` +
      `${first.detail} Nothing was changed.`,
  )
}

/** Deleting more rows than this asks for their number. */
export const MANY = 10

/** Why something is done, for the history; '' without. */
export const ReasonText = z
  .string('Give one reason, or none.')
  .trim()
  .max(500, 'Use 500 characters or fewer.')

/** The same; null without. */
export const Reason = ReasonText.transform((text) => text || null)

/** How many would be done, as the preview said. */
const Foreseen = wholeText(0, Number.MAX_SAFE_INTEGER, 'Start from the beginning.').optional()

/** What is sent to confirm: a reason, and the number of rows when many are to be deleted. */
export const confirmForm = (deletes: boolean, selected: number, many = MANY) =>
  deletes && selected > many
    ? z.strictObject({
        reason: Reason,
        foreseen: Foreseen,
        number: z
          .string('Type the number.')
          .refine((typed) => typed.trim() === String(selected), `Type ${selected} to go on.`),
      })
    : z.strictObject({ reason: Reason, foreseen: Foreseen })

type ConfirmationFacts = {
  /** How many would be done. */
  done: number
  deletes: boolean
  selected: number
  nouns: string
  /** Of more rows than so many the number is asked for. */
  many?: number
}

/** The form that starts a batch: its label, and what it asks for. */
export function confirmation(
  label: string,
  { done, deletes, selected, nouns, many = MANY }: ConfirmationFacts,
): Confirmation {
  const asks = [{ name: 'reason', label: 'Reason', hint: 'Optional. It is kept in the history.' }]
  const sends = { foreseen: String(done) }
  if (!deletes) return { label, asks, sends }
  const number = { name: 'number', label: `Type ${selected}, the number of ${nouns} selected` }
  return {
    label,
    tone: 'destructive',
    asks: selected > many ? [...asks, number] : asks,
    sends,
  }
}

/** What a batch came to; it says so where that is not what was seen before. */
export function resultOf(
  report: BatchReport,
  { operation }: { operation: { id: number } },
  foreseen: number | null | undefined,
): BatchResult {
  const differs = typeof foreseen === 'number' && foreseen !== report.done
  return { ...report, operation_id: operation.id, ...(differs && { foreseen }) }
}

/** What a batch is called: "Delete 12 tenants". */
export const titleOf = (verb: string, count: number, noun: string, nouns: string) =>
  `${verb} ${countOf(count, noun, nouns)}`

/** Reads what a form on a preview sent. Throws Invalid. */
export function parseFields<Output>(schema: z.ZodType<Output>, fields: unknown): Output {
  const parsed = schema.safeParse(fields)
  if (!parsed.success) throw new Invalid(fieldErrors(parsed.error))
  return parsed.data
}

/** What a batch on everything in a list would be on, in words. */
export const allThatMatch = (total: number | null) =>
  total === null ? 'All that match' : `All ${formatCount(total)} that match`
