import { z } from 'zod'
import { type Form, fieldErrors, freshForm, typed } from '../web/form.ts'
import { wholeText } from '../web/numbers.ts'
import type { OverrideInput } from './overriding.ts'
import type { StoredOverride, Times } from './stored.ts'
import { TIMES_FIELDS, readTimes, timesFields } from './times-form.ts'

const Choice = z.strictObject({
  choice: z.enum(['inherit', 'off', 'on', 'own'], 'Choose one of them.'),
  version: wholeText(0, Number.MAX_SAFE_INTEGER, 'Open this page again.'),
})

type Read =
  { ok: true; decision: OverrideInput | null; version: number } | { ok: false; form: Form }

/** Reads what a tenant decides about a schedule that it inherits; null to inherit it again. */
export function readOverrideForm(body: unknown, now?: string): Read {
  const fields = typed(body)
  const known = new Set(TIMES_FIELDS)
  const rest = Object.entries(body ?? {}).filter(
    ([name, value]) => !known.has(name) || typeof value !== 'string',
  )
  const read = Choice.safeParse(Object.fromEntries(rest))
  if (!read.success) return { ok: false, form: { values: fields, errors: fieldErrors(read.error) } }
  const { choice, version } = read.data
  if (choice === 'inherit') return { ok: true, decision: null, version }
  if (choice !== 'own') return { ok: true, decision: { form: choice, times: null }, version }
  const times = readTimes(fields, now)
  if (!times.ok) return { ok: false, form: { values: fields, errors: times.errors } }
  return { ok: true, decision: { form: 'own', times: times.times }, version }
}

/** The form as it stands: what is decided here, else the times that are inherited to start from. */
export const overrideForm = (
  own: StoredOverride | undefined,
  inherited: Times,
  zone: string,
): Form =>
  freshForm({
    ...timesFields(own?.times ?? inherited, zone),
    choice: own?.form ?? 'inherit',
    version: String(own?.version ?? 0),
  })
