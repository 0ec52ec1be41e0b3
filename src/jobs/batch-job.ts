import type { Actor } from '../access/actor.ts'
import { currentActor } from '../access/current-actor.ts'
import type { Asker } from '../access/visible.ts'
import type { Db } from '../db/connection.ts'
import { type Tx, operation } from '../db/operation.ts'
import type { Pace } from '../pace.ts'
import type { Rendering } from '../web/page.ts'
import {
  type BatchLine,
  type BatchReport,
  type BatchResult,
  MANY,
  WholeForm,
  canStart,
  confirmForm,
  confirmation,
  parseFields,
  previewView,
  reportOn,
  reportView,
  resultOf,
  wholeChoice,
  wholeValue,
} from './batch.ts'
import type { JobKind } from './kind.ts'

/** What every batch is told, beside its action and what that needs. */
type BatchInput = {
  ids: number[]
  whole: boolean
  foreseen?: number | undefined
  reason: string | null
}

/** What a batch is about, without the rows. */
type About<Input> = Omit<Input, 'ids' | 'foreseen' | 'reason'> & { whole: boolean }

/** What the batches of a feature are like. */
type BatchFacts<Input> = {
  /** What a row is called: "Tenant"; and many of them: "tenants". */
  noun: string
  nouns: string
  /** What the history calls it. */
  kind(about: About<Input>): string
  /** What it is called: "Delete 12 tenants". */
  title(about: About<Input>, count: number): string
  /** Whether what is done to the rows is that they go. */
  deletes(about: About<Input>): boolean
  /** Of more rows that go than so many the number is asked for. */
  many?(about: About<Input>): number
  /** Does it under the open operation. Throws Conflict when it is to be whole and cannot be. */
  carryOut(tx: Tx, asker: Asker, input: Input, pace: Pace): Promise<BatchLine[]>
}

/** What the batches of every feature do alike: it goes into their kind of job. */
export function batchJob<Input extends BatchInput>(facts: BatchFacts<Input>) {
  const { noun, nouns, many = () => MANY } = facts
  const report = (about: About<Input>, lines: BatchLine[]) =>
    reportOn(noun, lines, facts.deletes(about))
  return {
    report,

    /** What a preview shows once everything is chosen. */
    propose(
      about: About<Input> & { selected: number },
      found: BatchReport,
      consequences: Rendering[] = [],
    ) {
      const deletes = facts.deletes(about)
      const { selected, whole } = about
      const asked = { done: found.done, deletes, selected, nouns, many: many(about) }
      return {
        rendering: previewView({ report: found, consequences }),
        confirm: canStart(found, whole)
          ? confirmation(facts.title(about, found.done), asked)
          : null,
      }
    },

    confirm(input: Input, fields: Record<string, string>): Input {
      const form = confirmForm(facts.deletes(input), input.ids.length, many(input))
      return { ...input, ...parseFields(form, fields) }
    },

    run: (db: Db, actor: Actor, input: Input, pace: Pace) =>
      operation(db, actor, { kind: facts.kind(input), reason: input.reason }, async (tx) => {
        const now = await currentActor(tx, db.now(), actor)
        const lines = await facts.carryOut(tx, now, input, pace)
        return resultOf(report(input, lines), tx, input.foreseen)
      }),

    outcome: (result: BatchResult) => reportView({ ...result, is_done: true }),
  }
}

type PlainFacts<Input> = BatchFacts<Input> &
  Pick<JobKind<Input, object, BatchResult>, 'name' | 'section' | 'permission'> & {
    /** What would become of each row. Only reads. */
    plan(db: Db, actor: Actor, input: Input, pace: Pace): Promise<BatchLine[]>
  }

type PlainOutlook<Input> = About<Input> & { selected: number; report: BatchReport }

/** A batch for which nothing has to be chosen but what happens where some refuse. */
export function plainBatch<Input extends BatchInput>(
  facts: PlainFacts<Input>,
): JobKind<Input, PlainOutlook<Input>, BatchResult> {
  const { name, section, permission } = facts
  const { report, propose, ...rest } = batchJob(facts)
  return {
    name,
    section,
    permission,

    async revise(_db, _actor, input, fields) {
      return { ...input, ...parseFields(WholeForm, fields) }
    },

    async foresee(db, actor, input, pace) {
      const { ids, foreseen: _, reason: __, ...about } = input
      const lines = await facts.plan(db, actor, input, pace)
      return { ...about, selected: ids.length, report: report(about, lines) }
    },

    async preview(_db, _actor, outlook, { values, errors }) {
      const whole = wholeValue(outlook.whole)
      return {
        choice: wholeChoice({ form: { values: { whole, ...values }, errors } }),
        ...propose(outlook, outlook.report),
      }
    },

    ...rest,
  }
}
