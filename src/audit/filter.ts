import { z } from 'zod'
import type { Actor } from '../access/actor.ts'
import { requireTenant } from '../access/visible.ts'
import type { Db } from '../db/connection.ts'
import { Forbidden, Invalid, NotFound } from '../errors.ts'
import { findParent, parentText } from '../tenants/find-parent.ts'
import { type Form, parseForm, typed, withError } from '../web/form.ts'
import { addressOf } from '../web/list-state.ts'
import { idText } from '../web/numbers.ts'
import { parseInstant } from '../web/time.ts'
import { type HistoryFilter, NO_FILTER } from './operations.ts'

const Id = idText('Start from the beginning.')

const Moment = z
  .string('Give one moment.')
  .max(100)
  .default('')
  .transform((text, context) => {
    if (text === '') return null
    const instant = parseInstant(text)
    if (instant === undefined)
      context.addIssue({
        code: 'custom',
        message: 'Enter a date and a time, such as 2026-03-03T02:00.',
      })
    return instant ?? null
  })

const Text = z.string('Give one text.').max(1000).default('')

/** What stands in the address of a history. */
const HistoryQuery = z.strictObject({
  tenant: Text,
  person: Id.optional(),
  by: Text,
  kind: Text,
  from: Moment,
  to: Moment,
  before: Id.optional(),
})

/** A filter as it was typed, and what it means. */
export type ReadFilter = {
  form: Form
  filter: HistoryFilter
  before: number | null
}

/**
 * Reads a filter from an address. What cannot be read is said in the form, and then the filter is
 * null: nothing is shown rather than everything.
 */
export async function readFilter(
  db: Db,
  actor: Actor,
  query: unknown,
): Promise<ReadFilter | { form: Form; filter: null; before: null }> {
  const parsed = parseForm(HistoryQuery, query)
  if (!parsed.ok) return { form: parsed.form, filter: null, before: null }
  const form: Form = { values: typed(query), errors: {} }
  const { tenant, person, before, to, ...rest } = parsed.input
  try {
    const tenant_id = tenant.trim() === '' ? null : await findTenant(db, actor, tenant)
    const filter: HistoryFilter = {
      ...NO_FILTER,
      ...rest,
      by: rest.by.trim(),
      to: to && endOf(form.values['to'] ?? '', to),
      tenant_id,
      person_id: person ?? null,
    }
    return { form, filter, before: before ?? null }
  } catch (error) {
    return { form: withError(form, 'tenant', sayUnknown(error)), filter: null, before: null }
  }
}

async function findTenant(db: Db, actor: Actor, text: string) {
  const { id } = await findParent(db, actor, text)
  return requireTenant(db, actor, 'history.view', id)
}

function sayUnknown(error: unknown) {
  if (error instanceof Invalid || error instanceof Forbidden || error instanceof NotFound)
    return error.message
  throw error
}

/** A moment that was given to the minute lasts until its end. */
const endOf = (text: string, instant: string) =>
  /T\d\d:\d\d$/.test(text) ? instant.replace(/:00\.000Z$/, ':59.999Z') : instant

const FIELDS = ['tenant', 'person', 'by', 'kind', 'from', 'to']

/** An address with the filter in it. */
export const filterHref = (path: string, form: Form, before: number | null = null) =>
  addressOf(path, [
    ...FIELDS.map((name) => [name, form.values[name] ?? '']),
    ['before', String(before ?? '')],
  ])

/** The address of the history of a tenant with all below it. */
export const branchHref = async (db: Db, actor: Actor, tenant_id: number) =>
  addressOf('/history', [['tenant', await parentText(db, actor, tenant_id)]])
